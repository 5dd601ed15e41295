import { memorySource } from "@sunstep/files";
import { tensor } from "@sunstep/tensor";
import type { CaseTable } from "./case.js";
import { expectClose, expectFailure } from "./expect.js";
import { linear, pattern } from "./models.js";

const [rows, columns] = [24, 40];

function weightsAt(offset: number): { bytes: Uint8Array; weights: Float32Array } {
  const weights = pattern(rows * columns);
  const bytes = new Uint8Array(offset + weights.byteLength + 3).fill(255);
  bytes.set(new Uint8Array(weights.buffer), offset);
  return { bytes, weights };
}

function product(x: Float32Array, weights: Float32Array): number[] {
  return Array.from({ length: columns }, (_, j) =>
    x.reduce((sum, value, i) => sum + value * weights[i * columns + j]!, 0),
  );
}

export const externalDataCases: CaseTable = {
  async "reads weights in place, at an odd offset"({ runtime, target, tolerance }) {
    const { bytes, weights } = weightsAt(13);
    const source = await target.store(bytes, "odd offset.bin");
    const session = await (await runtime()).load(linear(source, 13, rows, columns));
    const x = pattern(rows);
    const { y } = await session.run({ x: tensor(x, [1, rows]) });
    expectClose(y!.data, product(x, weights), tolerance);
    await session.dispose();
  },

  async "computes the same with weights that stay stored"({ runtime, target, tolerance }) {
    const { bytes, weights } = weightsAt(13);
    const source = await target.store(bytes, "stored.bin");
    const session = await (await runtime()).load(linear(source, 13, rows, columns), { weights: "stored" });
    for (const scale of [1, 2]) {
      const x = pattern(rows).map((value) => scale * value);
      const { y } = await session.run({ x: tensor(x, [1, rows]) });
      expectClose(y!.data, product(x, weights), tolerance);
    }
    await session.dispose();
  },

  async "reads weights from memory"({ runtime, tolerance }) {
    const { bytes, weights } = weightsAt(5);
    const session = await (await runtime()).load(linear(memorySource(bytes), 5, rows, columns));
    const x = pattern(rows);
    const { y } = await session.run({ x: tensor(x, [1, rows]) });
    expectClose(y!.data, product(x, weights), tolerance);
    await session.dispose();
  },

  async "refuses a source that ends before the weights"({ runtime, target }) {
    const { bytes } = weightsAt(0);
    const source = await target.store(bytes.slice(0, 100), "short.bin");
    const load = (await runtime()).load(linear(source, 0, rows, columns));
    await expectFailure(load, "EXTERNAL_DATA_MISSING", "short.bin");
  },
};
