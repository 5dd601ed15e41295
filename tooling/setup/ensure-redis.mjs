// Installs Debian's Redis for the tests of the shared queue, where it is missing and the user is root. Elsewhere these
// tests are skipped, with a message.
import { spawnSync } from "node:child_process";

const runs = (command, args, options = {}) =>
  spawnSync(command, args, { stdio: "ignore", ...options }).status === 0;

const apt = (...args) =>
  runs("apt-get", args, { env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } });

export function ensureRedis() {
  if (runs("redis-server", ["--version"])) return;
  if (process.platform === "linux" && process.getuid?.() === 0) {
    console.log("Installing Redis …");
    const install = () => apt("install", "--yes", "--no-install-recommends", "redis-server");
    if (install() || (apt("update") && install())) return;
  }
  console.warn("redis-server is not installed: the tests of the queue on Redis are skipped");
}
