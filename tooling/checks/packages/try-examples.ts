// Runs the programs of examples/ on the packed packages: each is copied into a folder beside the installed tarballs.
import { spawn } from "node:child_process";
import { cpSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { command } from "./command.js";
import { openFolder } from "./open-page.js";
import { isPng, runNode } from "./run-node.js";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const STARTS_WITHIN = 120_000;

type Trial = (place: string) => Promise<string | undefined>;

/** The examples that do not simply run to their end and leave PNG files. */
const trials: Readonly<Record<string, Trial>> = { "http-route": requestImage, "vite-page": buildPage };

export function examples(): readonly string[] {
  const entries = readdirSync(join(root, "examples"), { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

/** Runs one example in `folder`, where the packages are installed; returns a description of what went wrong. */
export async function tryExample(folder: string, name: string): Promise<string | undefined> {
  const place = join(folder, `example-${name}`);
  cpSync(join(root, "examples", name), place, { recursive: true });
  symlinkSync(join(folder, "node_modules"), join(place, "node_modules"), "junction");
  return (trials[name] ?? runScript)(place);
}

const runScript = (place: string) => runNode(place, [startedFile(place)]);

/** The file that the package's `start` script runs with Node. */
function startedFile(place: string): string {
  const { scripts } = JSON.parse(readFileSync(join(place, "package.json"), "utf8")) as {
    scripts: { start: string };
  };
  return scripts.start.replace(/^node /, "");
}

async function requestImage(place: string): Promise<string | undefined> {
  const server = spawn(process.execPath, [startedFile(place)], {
    cwd: place,
    env: { ...process.env, PORT: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const address = await new Promise<string>((resolve, reject) => {
      server.stdout.on("data", (chunk: Buffer) => resolve(chunk.toString().trim()));
      server.on("close", () => reject(new Error("the server ended")));
      setTimeout(() => reject(new Error("the server does not start")), STARTS_WITHIN).unref();
    });
    const image = await fetch(`${address}/image?prompt=a+red+apple&seed=7`);
    const bytes = Buffer.from(await image.arrayBuffer());
    if (image.status !== 200 || !isPng(bytes))
      return `GET /image: ${image.status} ${bytes.toString("utf8", 0, 200)}`;
    const refused = await fetch(`${address}/image?prompt=a&seed=apple`);
    return refused.status === 400
      ? undefined
      : `GET /image?seed=apple: ${refused.status} where 400 is expected`;
  } catch (error) {
    return (error as Error).message;
  } finally {
    server.kill();
  }
}

async function buildPage(place: string): Promise<string | undefined> {
  const { ok, output } = await command(
    process.execPath,
    [join(place, "node_modules/vite/bin/vite.js"), "build"],
    place,
  );
  return ok ? openFolder(join(place, "dist")) : `vite build:\n${output}`;
}
