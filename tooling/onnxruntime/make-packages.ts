import { copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The fields by which npm selects the binaries of a machine. */
interface Platform {
  readonly os: NodeJS.Platform;
  readonly cpu: string;
  readonly libc?: "glibc";
}

/** Every platform for which onnxruntime-node has a binary. */
const platforms: readonly Platform[] = [
  { os: "linux", cpu: "x64", libc: "glibc" },
  { os: "linux", cpu: "arm64", libc: "glibc" },
  { os: "darwin", cpu: "arm64" },
  { os: "win32", cpu: "x64" },
  { os: "win32", cpu: "arm64" },
];

const nameOf = ({ os, cpu }: Platform) => `@sunstep/onnxruntime-${os}-${cpu}`;

/** The file that Node loads, beside the libraries that it is linked to. */
const binding = "onnxruntime_binding.node";

/** The line of onnxruntime-node that loads the binding from its own folder. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: the text of a program
const ownBinding = "require(`../bin/napi-v6/${process.platform}/${process.arch}/onnxruntime_binding.node`)";

export interface MadePackage {
  readonly name: string;
  readonly version: string;
  readonly folder: string;
  /** True if npm may omit it, since it is for other machines. */
  readonly optional: boolean;
}

/**
 * Writes the packages that sunstep publishes of onnxruntime-node into `destination`, a folder each: the JavaScript, and
 * the binaries of each platform. Every file is onnxruntime-node's, but for the line that finds the binding.
 */
export function makeOnnxruntimePackages(destination: string): MadePackage[] {
  // Resolved as the package that imports it does.
  const runtimeNode = fileURLToPath(new URL("../../packages/runtime-node/package.json", import.meta.url));
  const original = dirname(createRequire(runtimeNode).resolve("onnxruntime-node/package.json"));
  const { version, dependencies } = readJson<{ version: string; dependencies: Record<string, string> }>(
    join(original, "package.json"),
  );
  const write = (name: string, manifest: object, text: string) => {
    const folder = join(destination, name);
    mkdirSync(folder, { recursive: true });
    const shared = { name, version, license: "MIT", repository, ...manifest };
    writeFileSync(join(folder, "package.json"), `${JSON.stringify(shared, undefined, 2)}\n`);
    writeFileSync(join(folder, "README.md"), `# ${name}\n\n${text}\n`);
    for (const file of readdirSync(licence)) copyFileSync(join(licence, file), join(folder, file));
    return folder;
  };
  const binaries = platforms.map((platform): MadePackage => {
    const name = nameOf(platform);
    const { os, cpu, libc } = platform;
    const limits = { os: [os], cpu: [cpu], ...(libc && { libc: [libc] }) };
    const folder = write(
      name,
      {
        description: `ONNX Runtime's library for Node on ${os}-${cpu}`,
        ...limits,
        main: "index.js",
        preferUnplugged: true,
      },
      `The binaries of [onnxruntime-node](https://www.npmjs.com/package/onnxruntime-node) ${version} for ${os}-${cpu}, unchanged.`,
    );
    cpSync(join(original, "bin/napi-v6", os, cpu), folder, {
      recursive: true,
      // macOS's library is in the package twice: under the name that the binding is linked to, and under a longer one.
      filter: (path) => !path.endsWith(`.${version}.dylib`),
    });
    writeFileSync(join(folder, "index.js"), bindingModule(folder));
    return { name, version, folder, optional: true };
  });
  const folder = write(
    "@sunstep/onnxruntime-node",
    {
      description:
        "onnxruntime-node without an install script: each machine gets its own CPU binary from the npm registry",
      main: "dist/index.js",
      types: "dist/index.d.ts",
      dependencies: { "onnxruntime-common": dependencies["onnxruntime-common"] },
      optionalDependencies: Object.fromEntries(binaries.map(({ name }) => [name, version])),
    },
    `[onnxruntime-node](https://www.npmjs.com/package/onnxruntime-node) ${version} by Microsoft without its install script, which downloads CUDA\n` +
      "libraries, and with the binaries of each platform in a package of their own. Used by @sunstep/runtime-node. Not by Microsoft.",
  );
  cpSync(join(original, "dist"), join(folder, "dist"), { recursive: true });
  const loader = join(folder, "dist/binding.js");
  const code = readFileSync(loader, "utf8");
  if (!code.includes(ownBinding))
    throw new Error(`onnxruntime-node ${version} loads its binding in another way`);
  writeFileSync(
    loader,
    code.replace(ownBinding, () => chooseBinding),
  );
  return [{ name: "@sunstep/onnxruntime-node", version, folder, optional: false }, ...binaries];
}

/** One literal a platform, so that tools which trace a program's files find the binaries. */
const chooseBinding = `({
${platforms.map((platform) => `    "${platform.os}-${platform.cpu}": () => require("${nameOf(platform)}").binding,`).join("\n")}
}[\`\${process.platform}-\${process.arch}\`] ?? (() => { throw new Error(\`ONNX Runtime has no binary for \${process.platform}-\${process.arch}\`); }))()`;

/** Tools that trace a program's files (Next's standalone output) find the library that the binding is linked to in this form. */
const bindingModule = (folder: string) => `const { join } = require("node:path");

exports.libraries = [
${readdirSync(folder)
  .filter((file) => /\.(so|dylib|dll)\b/.test(file))
  .map((file) => `  join(__dirname, "${file}"),`)
  .join("\n")}
];
exports.binding = require("./${binding}");
`;

const licence = fileURLToPath(new URL("licence", import.meta.url));

const repository = {
  type: "git",
  url: "git+https://github.com/sunstep/sunstep.git",
  directory: "tooling/onnxruntime",
} as const;

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, "utf8")) as T;
}
