import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { exportFolder } from "../../../packages/onnx-checkpoint/test/exported-folder.js";
import { command } from "./command.js";
import { bundlers } from "./consumers.js";
import type { PackedBinary, PackedPackage } from "./pack-all.js";
import { readmeExample } from "./readme-example.js";
import { tryService } from "./try-service.js";
import { typescripts } from "./try-types.js";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const fixtures = join(root, "tooling/reference/fixtures");

/** Fixtures by the file names that the READMEs use; a reader has files of their own. */
const readersFiles: Readonly<Record<string, string | (() => Promise<string>)>> = {
  "./stable-diffusion-v1-5": "tiny-sd15",
  "./v1-5-pruned-emaonly.safetensors": "tiny-sd15-single-file/tiny_sd15.fp16.safetensors",
  "./lora.safetensors": "lora/kohya.safetensors",
  "./pixel-art.safetensors": "lora/kohya.safetensors",
  "./sun_adapter_sdv15_4step_addpos.safetensors": "sun/tiny-sd15_addpos.safetensors",
  "./my-model": "tiny-sd15",
  // Written by packages/onnx-checkpoint/test/exported-folder.ts, since exports are large.
  "./sd15-onnx": () => exportFolder(),
  // Twelve synthetic images of noise, by packages/distillation/test/tiny-data.ts.
  "./my-data": "../../checks/packages/training-data",
};

/** Settings that would take hours, and their replacements. */
const shortened: Readonly<Record<string, string>> = { "steps: 2000, batch: 8": "steps: 1, batch: 1" };

/** Installs all tarballs with npm, as users do, into a folder outside the workspace. */
export async function installAll(
  folder: string,
  packages: readonly PackedPackage[],
  binaries: readonly PackedBinary[],
): Promise<void> {
  const files = (list: readonly { readonly name: string; readonly tarball: string }[]) =>
    Object.fromEntries(list.map(({ name, tarball }) => [name, `file:${basename(tarball)}`]));
  // Under the name that @sunstep/runtime-node gives it.
  const engine = binaries
    .filter(({ optional }) => !optional)
    .map((made) => ({ ...made, name: "onnxruntime-node" }));
  const optionalDependencies = files(binaries.filter(({ optional }) => optional));
  const dependencies = files([...packages, ...engine]);
  const names = Object.keys({ ...dependencies, ...optionalDependencies });
  const manifest = {
    private: true,
    type: "module",
    dependencies,
    optionalDependencies,
    devDependencies: { vite: viteVersion(), ...bundlers, ...typescripts },
    // Resolves versions that are not published yet.
    overrides: Object.fromEntries(names.map((name) => [name, `$${name}`])),
  };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest, undefined, 2));
  const args = ["install", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"];
  const { ok, output } = await command("npm", args, folder);
  if (!ok) throw new Error(`npm could not install the packed packages:\n${output}`);
}

/** Returns the workspace's version of Vite. */
function viteVersion(): string {
  const { devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    devDependencies: { vite: string };
  };
  return devDependencies.vite;
}

/** Loads an installed package by `require`, as CommonJS on Node 20.19 and later does. Returns a problem, if any. */
export async function requirePackage(
  folder: string,
  { name, folder: source }: PackedPackage,
): Promise<string | undefined> {
  const { exports } = JSON.parse(readFileSync(join(source, "package.json"), "utf8")) as { exports?: object };
  if (!exports) return undefined;
  const code = ["", "/package.json"].map((path) => `require(${JSON.stringify(name + path)})`).join(";");
  const { ok, output } = await command("node", ["--no-warnings", "--eval", code], folder);
  return ok ? undefined : `it cannot be required:\n${output}`;
}

/** Runs the example of an installed README in a folder of its own. Returns a problem, if any. */
export async function runExample(folder: string, { name }: PackedPackage): Promise<string | undefined> {
  const readme = join(folder, "node_modules", name, "README.md");
  if (!existsSync(readme)) return "it has no README";
  const example = readmeExample(readFileSync(readme, "utf8"));
  if (example === undefined) return "the README has no example";
  const text = example.kind === "module" ? example.code : example.line;
  const place = join(folder, "examples", name);
  mkdirSync(place, { recursive: true });
  for (const [path, fixture] of Object.entries(readersFiles)) {
    if (!text.includes(path)) continue;
    if (typeof fixture === "string") cpSync(join(fixtures, fixture), join(place, path), { recursive: true });
    else renameSync(await fixture(), join(place, path));
  }
  if (example.kind === "service") {
    const problem = await tryService(example, place);
    return problem && `the README's example fails:\n${problem}`;
  }
  const short = Object.entries(shortened).reduce((code, [long, less]) => code.replace(long, less), text);
  writeFileSync(join(place, "example.ts"), short);
  const { ok, output } =
    example.kind === "module"
      ? await command(join(root, "node_modules/.bin/tsx"), ["example.ts"], place)
      : await command("sh", ["-c", text], place);
  return ok ? undefined : `the README's example fails:\n${output}`;
}
