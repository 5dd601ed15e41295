import { exactProducts } from "@sunstep/quantization";
import type { LoadEvent } from "../runtime.js";
import type { CaseTable } from "./case.js";
import { expectClose, expectTrue } from "./expect.js";

export const exactProductCases: CaseTable = {
  async "computes products of integers exactly in 8 bits, or warns that it does not compute in 8 bits"({
    runtime,
    tolerance,
  }) {
    const { model, feeds, expected } = exactProducts();
    const events: LoadEvent[] = [];
    const session = await (await runtime()).load(model, {
      precision: "int8",
      onEvent: (event) => events.push(event),
    });
    const isCpu = ["cpu", "wasm"].includes((await runtime()).device);
    const warned = events.some((event) => event.type === "warning" && event.code === "INT8_UNSUPPORTED");
    expectTrue(warned !== isCpu, isCpu ? "int8 is not used on a CPU" : "int8 is not refused with a warning");
    expectTrue(
      !events.some((event) => event.type === "warning" && event.code === "INT8_INEXACT"),
      "the check at load found int8 to be inexact",
    );
    const results = await session.run(feeds);
    for (const [name, numbers] of Object.entries(expected))
      expectClose(results[name]!.data, numbers, isCpu ? 0 : tolerance);
    await session.dispose();
  },
};
