import { openCheckpoint, openControlNet } from "@sunstep/checkpoint";
import { folderTree } from "@sunstep/checkpoint/node";
import { bindInputs, checkModel, float32Data, type Model } from "@sunstep/onnx-graph";
import { fixture } from "@sunstep/testing";
import { beforeAll, describe, expect, it } from "vitest";
import {
  addResiduals,
  buildControlNet,
  buildUNet,
  residualNames,
  residualScales,
  residualShapes,
} from "../src/index.js";

type Components = Awaited<ReturnType<typeof open>>;
let components: Components;

async function open() {
  const { unet } = await openCheckpoint(folderTree(fixture("tiny-sd15")), { variant: "fp16" });
  return { unet, controlnet: await openControlNet(folderTree(fixture("tiny-controlnet"))) };
}

beforeAll(async () => {
  components = await open();
});

const sizes = { batch: 2, height: 9, width: 14, tokens: 77 };
const shapesOf = (values: Model["graph"]["outputs"]) => values.map(({ shape }) => shape);

describe("buildControlNet", () => {
  it("is valid ONNX whose outputs have the shapes that the U-Net takes, at sizes that do not halve evenly too", () => {
    const model = buildControlNet({ ...components.controlnet, ...sizes });
    checkModel(model);
    const shapes = residualShapes(components.unet.config, sizes);
    expect(shapesOf(model.graph.outputs)).toEqual(Object.values(shapes));
    const { outputs, inputs } = residualNames(Object.keys(shapes).length - 1);
    expect(model.graph.outputs.map(({ name }) => name)).toEqual(outputs);
    expect(Object.keys(shapes)).toEqual(inputs);
  });

  it("reads every weight", () => {
    const { graph } = buildControlNet({ ...components.controlnet, ...sizes });
    const unread = components.controlnet.weights.names().filter((name) => !graph.initializers.has(name));
    expect(unread).toEqual([]);
  });
});

describe("addResiduals", () => {
  const withResiduals = () => {
    const plain = buildUNet({ ...components.unet, ...sizes });
    const shapes = residualShapes(components.unet.config, sizes);
    return { plain, shapes, ...addResiduals(shapes).run(plain) };
  };

  it("adds an input for each skip connection and the middle block", () => {
    const { plain, model, shapes } = withResiduals();
    checkModel(model);
    const added = model.graph.inputs.slice(plain.graph.inputs.length);
    expect(added.map(({ name }) => name)).toEqual(Object.keys(shapes));
    expect(model.graph.nodes.length - plain.graph.nodes.length).toBe(added.length);
  });

  it("leaves the plain U-Net where all residuals are bound to zero", () => {
    const { plain, model, shapes } = withResiduals();
    const zeros = Object.fromEntries(
      Object.entries(shapes).map(([name, shape]) => [
        name,
        float32Data(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape),
      ]),
    );
    const { graph } = bindInputs(zeros).run(model).model;
    expect(graph.nodes.map(({ op }) => op)).toEqual(plain.graph.nodes.map(({ op }) => op));
    expect(graph.inputs).toEqual(plain.graph.inputs);
  });

  it("names both numbers where the U-Net has other skip connections", () => {
    const { plain, shapes } = withResiduals();
    const { "down_block_additional_residuals.11": _, ...fewer } = shapes;
    expect(() => addResiduals(fewer).run(plain)).toThrow(/12 skip connections.*11/);
  });
});

describe("residualScales", () => {
  it("repeats the scale, and in guess mode rises to it as torch.logspace(-1, 0, 13) does", () => {
    expect([...residualScales(3, 0.5, false)]).toEqual([0.5, 0.5, 0.5]);
    expect(residualScales(13, 0.9, true)).toBeAllclose(
      [
        0.1, 0.12115276, 0.14677993, 0.17782794, 0.21544346, 0.26101571, 0.31622776, 0.38311866, 0.46415886,
        0.56234133, 0.68129206, 0.8254042, 1,
      ].map((value) => 0.9 * value),
      { atol: 1e-6 },
    );
  });
});
