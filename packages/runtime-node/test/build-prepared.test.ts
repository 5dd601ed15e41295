import { mkdir, mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fileOfSize } from "@sunstep/files/node";
import { lowerForCpu } from "@sunstep/graph-passes";
import { readOnnx, runPasses } from "@sunstep/onnx-graph";
import { afterAll, expect, it } from "vitest";
import { loadNative } from "../src/native-session.js";
import { buildPrepared } from "../src/prepared/build.js";
import { splitModel } from "../src/prepared/split.js";
import { residualFeeds, residualNet, weightFileBytes } from "./models.js";

const folder = await mkdtemp(join(tmpdir(), "sunstep-build-"));
afterAll(() => rm(folder, { recursive: true }));

const layers = 6;
const workerFile = fileURLToPath(new URL("../src/worker.js", import.meta.url));
const lowered = runPasses(await residualNet(join(folder, "weights.bin"), layers), lowerForCpu).model;

async function evaluate(model: typeof lowered, level: "all" | "disabled") {
  const session = await loadNative(model, { graphOptimizationLevel: level, executionProviders: ["cpu"] });
  const { y } = await session.run(residualFeeds(0.5));
  await session.release();
  return y!.data as Float32Array;
}

it("cuts between residual blocks, where only the stream and the skip cross", () => {
  const pieces = splitModel(lowered, weightFileBytes(layers) / 3.5);
  expect(pieces.length).toBeGreaterThan(1);
  for (const piece of pieces.slice(1)) {
    expect(piece.graph.inputs.filter(({ name }) => name !== "scale").length).toBeLessThanOrEqual(2);
  }
  const weights = pieces.flatMap(({ graph }) =>
    [...graph.initializers.keys()].filter((name) => /^w\d/.test(name)),
  );
  expect(weights).toHaveLength(layers);
});

it("gives the same results from pieces as from the whole", async () => {
  const made = join(folder, "made");
  await mkdir(made);
  const progress: string[] = [];
  await buildPrepared(lowered, {
    workerFile,
    folder: made,
    pieceBytes: weightFileBytes(layers) / 3.5,
    onPiece: (done, total) => progress.push(`${done}/${total}`),
  });
  const total = Number(progress[0]!.split("/")[1]);
  expect(total).toBeGreaterThan(1);
  expect(progress).toEqual(Array.from({ length: total + 1 }, (_, done) => `${done}/${total}`));
  expect((await readdir(made)).filter((name) => !name.startsWith("weights-"))).toEqual(["model.onnx"]);
  const prepared = await readOnnx(await readFile(join(made, "model.onnx")), {
    open: async (name) => fileOfSize(join(made, name), (await stat(join(made, name))).size, name),
  });
  const operators = prepared.graph.nodes.map(({ op, domain }) => `${domain}.${op}`);
  expect(operators.filter((op) => op === "com.microsoft.nchwc.Conv")).toHaveLength(layers);
  expect(await evaluate(prepared, "disabled")).toBeAllclose(await evaluate(lowered, "all"), {
    rtol: 1e-4,
    atol: 1e-5,
  });
});

it("fails if no process can be started", async () => {
  const made = join(folder, "not made");
  await mkdir(made);
  const { execPath } = process;
  process.execPath = join(folder, "no such program");
  try {
    await expect(buildPrepared(lowered, { folder: made, workerFile })).rejects.toMatchObject({
      code: "ENOENT",
    });
  } finally {
    process.execPath = execPath;
  }
});
