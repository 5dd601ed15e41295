// A process of its own that resolves a model: `tsx resolve-child.ts MODEL OPTIONS`. Prints one line of JSON.

import { resolveModel } from "../src/node.js";

const [model, options] = process.argv.slice(2);
const downloads: string[] = [];
const { path, files } = await resolveModel(model!, {
  ...JSON.parse(options!),
  onProgress: (event) => {
    if (event.status === "download") downloads.push(event.file);
    if (event.status === "progress") process.stderr.write(`${event.file} ${event.loaded}\n`);
  },
});
process.stdout.write(JSON.stringify({ path, files, downloads }));
