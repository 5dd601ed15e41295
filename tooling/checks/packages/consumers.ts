// Programs and pages on the packages, built and run as others do it. The tables of bundlers in READMEs name these only.
import { join } from "node:path";
import { openFolder } from "./open-page.js";
import { readProgram, runNode } from "./run-node.js";
import { serveStandalone } from "./serve-standalone.js";

export interface Consumer {
  readonly name: string;
  /** The folder of its files under consumers/. README: the page of sunstep's README. */
  readonly files: "node" | "page" | "next";
  /** The command that builds it, of node_modules/.bin. */
  readonly build?: readonly string[];
  readonly forbidsWarnings?: boolean;
  /** Files that its bundler leaves out, from node_modules: their places in the consumer's folder. */
  readonly copied?: Readonly<Record<string, string>>;
  /** Uses what was built in its folder. Returns a problem, if any. */
  readonly use: (place: string) => Promise<string | undefined>;
}

/** Packages of the bundlers, and their versions. */
export const bundlers = {
  esbuild: "^0.27.2",
  next: "^16.4.6",
  react: "^19.2.0",
  "react-dom": "^19.2.0",
  webpack: "^5.113.0",
  "webpack-cli": "^6.0.1",
} as const;

const esm = ["--bundle", "--format=esm"] as const;
const wasm = "@sunstep/runtime-web/dist/ort-wasm-simd-threaded";
const model = "@sunstep/emoji-model/model";
const modules = "../../node_modules";

/** The images that consumers/node/program.js leaves, one a device. */
const bothDevices = ["cpu.png", "wasm.png"];

export const consumers: readonly Consumer[] = [
  {
    name: "vite-readme",
    files: "page",
    build: ["vite", "build"],
    forbidsWarnings: true,
    use: (place) => openFolder(join(place, "dist")),
  },
  {
    name: "webpack-page",
    files: "page",
    build: ["webpack"],
    use: (place) => openFolder(join(place, "site")),
  },
  {
    name: "webpack-node",
    files: "node",
    build: ["webpack"],
    use: (place) => runNode(place, ["dist/main.mjs"], bothDevices),
  },
  {
    name: "esbuild-page",
    files: "page",
    build: ["esbuild", "main.js", ...esm, "--target=es2022", "--outdir=site/js"],
    copied: {
      "@sunstep/runtime-web/dist/worker.js": "site/js/worker.js",
      [`${wasm}.mjs`]: `site/js/ort-wasm-simd-threaded.mjs`,
      [`${wasm}.wasm`]: `site/js/ort-wasm-simd-threaded.wasm`,
      [model]: "site/model",
    },
    use: (place) => openFolder(join(place, "site")),
  },
  {
    name: "esbuild-node",
    files: "node",
    build: [
      "esbuild",
      "program.js",
      ...esm,
      "--platform=node",
      "--packages=external",
      "--outfile=dist/main.js",
    ],
    use: (place) => runNode(place, ["dist/main.js"], bothDevices),
  },
  {
    name: "esbuild-node-whole",
    files: "node",
    build: [
      "esbuild",
      "main=program.js",
      `worker=${modules}/@sunstep/runtime-node/dist/worker.js`,
      `node-worker=${modules}/@sunstep/runtime-web/dist/node-worker.js`,
      ...esm,
      "--platform=node",
      "--external:onnxruntime-node",
      "--outdir=dist",
    ],
    copied: {
      [`${wasm}.mjs`]: `dist/ort-wasm-simd-threaded.mjs`,
      [`${wasm}.wasm`]: `dist/ort-wasm-simd-threaded.wasm`,
      [model]: "model",
    },
    use: (place) => runNode(place, ["dist/main.js"], bothDevices),
  },
  { name: "next", files: "next", build: ["next", "build"], use: serveStandalone },
  { name: "require", files: "node", use: (place) => runNode(place, ["program.cjs"], ["cpu.png"]) },
  // Node hands its own flags on to threads and processes, which would take their files for the text of a program.
  {
    name: "node-eval",
    files: "node",
    use: (place) => runNode(place, ["--input-type=module", "--eval", readProgram(place)], bothDevices),
  },
  {
    name: "node-stdin",
    files: "node",
    use: (place) => runNode(place, ["--input-type=module", "-"], bothDevices, readProgram(place)),
  },
];
