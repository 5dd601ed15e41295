import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

const main = fileURLToPath(new URL("../../apps/server/src/main.ts", import.meta.url));
const loader = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;

/** Starts a server of the embedded model from its sources, in a process of its own. */
export async function startServer(
  args: readonly string[],
): Promise<{ readonly url: string; readonly kill: () => void }> {
  const child = spawn(process.execPath, ["--import", loader, main, "--port", "0", ...args], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const url = await new Promise<string>((resolve, reject) => {
    let said = "";
    child.once("exit", () => reject(new Error(`the server ended: ${said}`)));
    child.stderr.on("data", (text: Buffer) => {
      said += String(text);
      const [, address] = /at (http:\S+)/.exec(said) ?? [];
      if (address) resolve(address);
    });
  });
  return { url, kill: () => child.kill("SIGKILL") };
}
