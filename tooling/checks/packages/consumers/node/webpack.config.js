export default {
  mode: "production",
  target: "node20",
  entry: "./program.js",
  experiments: { outputModule: true },
  output: { module: true, filename: "main.mjs" },
  // A native module cannot be bundled.
  externals: { "onnxruntime-node": "module onnxruntime-node" },
};
