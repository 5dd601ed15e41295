// Bundles a Node program of the packed packages with webpack and runs it: the files of both kinds of threads must come along.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { command } from "./command.js";

/** The version of webpack to install beside the packages. */
export const webpackVersions = { webpack: "^5.113.0", "webpack-cli": "^6.0.1" };

const program = `
import { float32Data, GraphBuilder } from "@sunstep/onnx-graph";
import { createNodeRuntime } from "@sunstep/runtime-node";

const graph = new GraphBuilder({ name: "double", opsets: { "": 23 } });
const x = graph.input("x", "float32", [1]);
graph.output("y", graph.op("Mul", [x, graph.initializer("two", float32Data([2], [1]))]));
for (const device of ["cpu", "wasm"]) {
  const runtime = await createNodeRuntime({ device });
  const session = await runtime.load(graph.build());
  const { y } = await session.run({ x: { dtype: "float32", shape: [1], data: Float32Array.of(3) } });
  console.log(device, y.data[0]);
  await runtime.dispose();
}
`;

const config = `
export default {
  mode: "production",
  target: "node20",
  entry: "./program.js",
  experiments: { outputModule: true },
  output: { module: true, filename: "main.mjs" },
  // A native module cannot be bundled.
  externals: { "onnxruntime-node": "module onnxruntime-node" },
};
`;

/** Bundles and runs the program in a folder below the installed packages. Returns a problem, if any. */
export async function tryWebpack(folder: string): Promise<string | undefined> {
  const app = join(folder, "webpack-app");
  mkdirSync(app);
  writeFileSync(join(app, "package.json"), JSON.stringify({ type: "module" }));
  writeFileSync(join(app, "program.js"), program);
  writeFileSync(join(app, "webpack.config.js"), config);
  const webpack = join(folder, "node_modules/webpack/bin/webpack.js");
  const built = await command(process.execPath, [webpack], app);
  if (!built.ok) return `webpack:\n${built.output}`;
  const run = await command(process.execPath, ["dist/main.mjs"], app);
  return run.stdout === "cpu 6\nwasm 6\n" ? undefined : `the bundled program prints:\n${run.output}`;
}
