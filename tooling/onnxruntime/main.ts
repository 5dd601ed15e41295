// `pnpm make:onnxruntime FOLDER`: writes the packages of ONNX Runtime's binaries, ready for `npm publish`. Needed once for
// each version of onnxruntime-node, before @sunstep/runtime-node asks for it.
import { resolve } from "node:path";
import { makeOnnxruntimePackages } from "./make-packages.js";

const [destination] = process.argv.slice(2);
if (destination === undefined) throw new Error("usage: pnpm make:onnxruntime FOLDER");
for (const { name, version, folder } of makeOnnxruntimePackages(resolve(destination)))
  console.log(`${name}@${version} ${folder}`);
