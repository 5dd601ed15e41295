import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { command } from "./command.js";
import type { Consumer } from "./consumers.js";
import { readmeFile } from "./readme-example.js";

const sources = fileURLToPath(new URL("consumers", import.meta.url));

/** Builds and uses a consumer in a folder below the installed packages. Returns a problem, if any. */
export async function tryConsumer(
  folder: string,
  { name, files, build, forbidsWarnings, copied = {}, use }: Consumer,
): Promise<string | undefined> {
  const place = join(folder, "consumers", name);
  cpSync(join(sources, files), place, { recursive: true });
  writeFileSync(join(place, "package.json"), JSON.stringify({ private: true, type: "module" }));
  if (files === "page") writePage(folder, place);
  if (build) {
    const [tool, ...args] = build;
    const env = { ...process.env, NEXT_TELEMETRY_DISABLED: "1" };
    const { ok, output } = await command(join(folder, "node_modules/.bin", tool!), args, place, { env });
    if (!ok || (forbidsWarnings && output.includes("warning"))) return `${build.join(" ")}:\n${output}`;
  }
  for (const [from, to] of Object.entries(copied))
    cpSync(join(folder, "node_modules", from), join(place, to), { recursive: true });
  return use(place);
}

/** Writes the page of sunstep's README: for Vite, and into `site` for bundlers that do not read HTML. */
function writePage(folder: string, place: string): void {
  const readme = readFileSync(join(folder, "node_modules/sunstep/README.md"), "utf8");
  for (const file of ["index.html", "main.js", "vite.config.js"]) {
    const text = readmeFile(readme, file);
    if (text === undefined) throw new Error(`sunstep's README has no ${file}`);
    writeFileSync(join(place, file), text);
    if (file !== "index.html") continue;
    cpSync(join(place, file), join(place, "site", file));
    writeFileSync(join(place, "site", file), text.replace("./main.js", "./js/main.js"));
  }
}
