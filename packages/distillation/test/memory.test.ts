import { createNodeRuntime } from "@sunstep/runtime-node";
import { tensor } from "@sunstep/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTrainingData } from "../src/data/training-data.js";
import { distill } from "../src/distill.js";
import { planTrainingMemory, type TrainingMemory } from "../src/memory/training-memory.js";
import type { DistillOptions } from "../src/options.js";
import { defaultRecipe } from "../src/recipe.js";
import { Optimizer } from "../src/training/optimizer.js";
import { Trainer } from "../src/training/trainer.js";
import { initialState, stateFrom } from "../src/training/training-state.js";
import { fakeRuntime } from "./fake-runtime.js";
import { layers, layersLength } from "./layers.js";
import { tinyData } from "./tiny-data.js";
import { tinyModel } from "./tiny-model.js";

let runtime: Awaited<ReturnType<typeof createNodeRuntime>>;
beforeAll(async () => {
  runtime = await createNodeRuntime({ cache: false });
});
afterAll(() => runtime.dispose());

describe("planTrainingMemory", () => {
  const rows = 4096;
  const { adamw } = defaultRecipe;
  const graphs = { targets: layers(1), loss: layers(rows, 4), adamw, parameters: layersLength, others: 0 };

  /** Returns the details of the refusal of a limit that nothing can meet. */
  function refusal(): { readonly smallest: number; readonly parts: TrainingMemory["parts"] } {
    try {
      planTrainingMemory(graphs, 1);
    } catch (error) {
      expect(error).toMatchObject({ code: "TRAINING_MEMORY", details: { limit: 1 } });
      return (error as { details: ReturnType<typeof refusal> }).details;
    }
    throw new Error("the limit was accepted");
  }

  it("keeps all values where they fit", () => {
    const { checkpoint, repeated, bytes } = planTrainingMemory(graphs, 1e12);
    expect({ checkpoint, repeated }).toEqual({ checkpoint: undefined, repeated: 0 });
    expect(bytes).toBeGreaterThan(refusal().smallest);
  });

  it("meets the smallest limit, and no smaller one, by computing values again", () => {
    const { smallest } = refusal();
    const plan = planTrainingMemory(graphs, smallest);
    expect(plan.bytes).toBe(smallest);
    expect(plan.repeated).toBeGreaterThan(0);
    expect(() => planTrainingMemory(graphs, smallest - 1)).toThrow("training needs about");
  });

  it("counts what the run holds besides", () => {
    const { bytes } = planTrainingMemory(graphs, 1e12);
    expect(planTrainingMemory({ ...graphs, others: 1000 }, 1e12).bytes).toBe(bytes + 1000);
    const { program, weights, vectors, targets, step, checkpoint } = planTrainingMemory(graphs, 1e12).parts;
    expect(Math.ceil(program + weights + vectors + Math.max(targets, step, checkpoint))).toBe(bytes);
  });

  it("does not change the steps of training", async () => {
    const { checkpoint } = planTrainingMemory(graphs, refusal().smallest);
    const x = tensor(
      Float32Array.from({ length: 3 * rows }, (_, i) => Math.sin(i)),
      [rows, 3],
    );
    const losses = async (options: Parameters<typeof Optimizer.create>[4]) => {
      const state = stateFrom(Float32Array.from({ length: layersLength }, (_, i) => Math.sin(i)));
      const optimizer = await Optimizer.create(runtime, graphs.loss, adamw, state, options);
      const results: number[] = [];
      for (let i = 0; i < 3; i++) results.push((await optimizer.step({ x }, 0.05)).loss);
      await optimizer.dispose();
      return results;
    };
    const kept = await losses({ weights: "stored" });
    expect(await losses({ weights: "stored", checkpoint: checkpoint! })).toEqual(kept);
    expect(kept).toBeAllclose(await losses({}), { rtol: 1e-6 });
    expect(kept[2]).not.toBe(kept[0]);
  });
});

describe("distill with a memory limit", async () => {
  const data = await openTrainingData(tinyData());

  const model = await tinyModel(fakeRuntime(16));
  const refused = (options: Partial<DistillOptions>) => expect(distill({ model, data, ...options })).rejects;

  it.each([0, Number.NaN, Number.POSITIVE_INFINITY])("refuses a limit of %d bytes", async (memoryLimit) => {
    const error = { code: "TRAINING_MEMORY", message: expect.stringContaining("above 0") };
    await refused({ memoryLimit }).toMatchObject(error);
  });

  it("refuses a limit together with previews", async () => {
    const previews = { folder: { name: "previews" } } as unknown as NonNullable<DistillOptions["previews"]>;
    const error = { code: "TRAINING_MEMORY", message: expect.stringContaining("previews") };
    await refused({ memoryLimit: 1e12, previews }).toMatchObject(error);
  });

  it("refuses a limit on a device that does not leave weights stored", async () => {
    const sizes = { batch: 1, height: 8, width: 8, tokens: 77 };
    const options = { ...defaultRecipe, ...model, ...sizes, distance: { kind: "mse" } as const };
    const state = await initialState(model.unet, "add_pos");
    await expect(Trainer.create({ ...options, memoryLimit: 1e12 }, state)).rejects.toMatchObject({
      code: "TRAINING_MEMORY",
      details: { device: "none" },
    });
  });
});
