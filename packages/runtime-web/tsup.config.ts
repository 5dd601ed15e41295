import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { defineConfig, type Options } from "tsup";

const onnxruntime = dirname(createRequire(import.meta.url).resolve("onnxruntime-web/wasm"));

/** ONNX Runtime on the CPU, and with WebGPU. */
const builds = ["ort-wasm-simd-threaded", "ort-wasm-simd-threaded.asyncify"];

/**
 * Removes ONNX Runtime's address of its own module, `new URL("ort.webgpu.min.mjs", import.meta.url)`: bundlers would look
 * for that file beside ours, where it is not.
 */
const withoutOwnAddress: NonNullable<Options["esbuildPlugins"]>[number] = {
  name: "without-own-address",
  setup(build) {
    build.onLoad({ filter: /[\\/]ort\.(webgpu|node)\.min\.mjs$/ }, ({ path }) => {
      const source = readFileSync(path, "utf8");
      const contents = source.replace(
        /new \w+\("ort\.\w+\.min\.mjs",import\.meta\.url\)\.href/,
        "import.meta.url",
      );
      if (contents === source) throw new Error(`${path} has changed: it no longer names itself in this form`);
      return { contents, loader: "js" };
    });
  },
};

export default defineConfig([
  {
    entry: ["src/index.ts"],
    format: "esm",
    platform: "browser",
    dts: true,
    sourcemap: true,
    target: "es2022",
  },
  {
    entry: ["src/node.ts"],
    format: "esm",
    platform: "node",
    dts: true,
    sourcemap: true,
    target: "node20",
  },
  {
    // onnxruntime-web's build for Node, which looks for its files where this file says.
    entry: { "node-worker": "src/node/worker-thread.ts" },
    format: "esm",
    platform: "node",
    noExternal: [/./],
    esbuildPlugins: [withoutOwnAddress],
    sourcemap: true,
    target: "node20",
  },
  {
    // One file with all that it needs, so that it also runs where nothing resolves the names of packages.
    entry: ["src/worker.ts"],
    format: "esm",
    platform: "browser",
    noExternal: [/./],
    esbuildPlugins: [withoutOwnAddress],
    sourcemap: true,
    target: "es2022",
    esbuildOptions(options) {
      // ONNX Runtime without its WebAssembly loader inside: that is a file of its own, which threads start from, too.
      options.conditions = ["onnxruntime-web-use-extern-wasm"];
    },
    async onSuccess() {
      for (const name of builds.flatMap((build) => [`${build}.mjs`, `${build}.wasm`]))
        copyFileSync(join(onnxruntime, name), join("dist", name));
      const licence = join(onnxruntime, "../LICENSE");
      if (existsSync(licence)) copyFileSync(licence, join("dist", "LICENSE-onnxruntime"));
    },
  },
]);
