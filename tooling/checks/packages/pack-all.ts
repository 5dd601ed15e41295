import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeOnnxruntimePackages } from "../../onnxruntime/make-packages.js";
import { command } from "./command.js";

const root = fileURLToPath(new URL("../../..", import.meta.url));

export interface PackedPackage {
  readonly name: string;
  /** Its folder in the workspace. */
  readonly folder: string;
  readonly tarball: string;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
}

/** Packs every publishable package into `destination`, with real versions in place of workspace ranges. */
export async function packAll(destination: string): Promise<PackedPackage[]> {
  const packages = publishable();
  const { packageManager = "pnpm" } = readJson<{ packageManager?: string }>(join(root, "package.json"));
  const hasPnpm = (await command("pnpm", ["--version"], root).catch(() => undefined))?.ok === true;
  const [pnpm, ...before] = hasPnpm ? ["pnpm"] : ["npx", "--yes", packageManager];
  const filters = packages.flatMap(({ name }) => ["--filter", name]);
  const args = [...before, "--recursive", ...filters, "pack", "--pack-destination", destination];
  const { ok, output } = await command(pnpm!, args, root);
  if (!ok) throw new Error(`pnpm pack failed:\n${output}`);
  return packages.map(({ name, version, folder }) => {
    const tarball = join(destination, tarballName(name, version));
    if (!existsSync(tarball)) throw new Error(`${name} was packed, but ${tarball} is not there:\n${output}`);
    return { name, folder, tarball };
  });
}

export interface PackedBinary {
  readonly name: string;
  readonly tarball: string;
  /** True if npm may omit it, since it is for other machines. */
  readonly optional: boolean;
}

/** Makes and packs the packages of ONNX Runtime's binaries. */
export async function packOnnxruntime(destination: string): Promise<PackedBinary[]> {
  const packed: PackedBinary[] = [];
  for (const { name, version, folder, optional } of makeOnnxruntimePackages(
    join(destination, "onnxruntime"),
  )) {
    // npm reads no more than the manifests of other machines' packages; to compress 250 MB would take a minute.
    if (optional && !name.endsWith(`-${process.platform}-${process.arch}`)) keepManifest(folder);
    const { ok, output } = await command(
      "npm",
      ["pack", folder, "--pack-destination", destination],
      destination,
    );
    if (!ok) throw new Error(`npm pack failed:\n${output}`);
    packed.push({ name, tarball: join(destination, tarballName(name, version)), optional });
  }
  return packed;
}

function keepManifest(folder: string): void {
  for (const file of readdirSync(folder).filter((file) => file !== "package.json"))
    rmSync(join(folder, file));
}

const tarballName = (name: string, version: string) =>
  `${name.replace("@", "").replace("/", "-")}-${version}.tgz`;

function publishable(): (Manifest & { readonly folder: string })[] {
  return workspaceFolders().flatMap((folder) => {
    const manifest = readJson<Manifest>(join(folder, "package.json"));
    if (manifest.private) return [];
    if (!existsSync(join(folder, "dist")))
      throw new Error(`${manifest.name} is not built: run pnpm build first`);
    return [{ ...manifest, folder }];
  });
}

function workspaceFolders(): string[] {
  return ["packages", "apps"]
    .flatMap((parent) => readdirSync(join(root, parent)).map((name) => join(root, parent, name)))
    .filter((folder) => existsSync(join(folder, "package.json")));
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, "utf8")) as T;
}
