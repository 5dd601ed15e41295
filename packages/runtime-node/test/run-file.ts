import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Runs a TypeScript module in a process of its own; what it printed, once it has ended by itself. */
export function runFile(
  url: URL,
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [here("../src/from-source.mjs"), url.href], {
      env: { ...process.env, TSX_TSCONFIG_PATH: here("../../../tsconfig.json"), ...env },
    });
    let output = "";
    child.stdout.on("data", (text) => (output += text));
    child.stderr.on("data", (text) => (output += text));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output }));
  });
}
