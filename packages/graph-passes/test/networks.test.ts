import { openCheckpoint, openComponent } from "@sunstep/checkpoint";
import { folderTree } from "@sunstep/checkpoint/node";
import {
  buildControlNet,
  buildTaesdDecoder,
  buildTaesdEncoder,
  buildTextEncoder,
  buildUNet,
  buildVaeDecoder,
  buildVaeEncoder,
} from "@sunstep/networks";
import { type Model, runPasses } from "@sunstep/onnx-graph";
import { fixture } from "@sunstep/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { lowerForCpu, lowerForWasm, lowerForWebGpu, lowerToElementary, raise } from "../src/index.js";
import { expectEquivalent, operators } from "./equivalence.js";

const models: Record<string, Model> = {};

beforeAll(async () => {
  const sd15 = await openCheckpoint(await folderTree(fixture("tiny-sd15")), { variant: "fp16" });
  const sd21 = await openCheckpoint(await folderTree(fixture("tiny-sd21")));
  const taesd = await openComponent("taesd", await folderTree(fixture("tiny-taesd")));
  const controlnet = await openComponent("controlnet", await folderTree(fixture("tiny-controlnet")));
  const latent = { batch: 2, height: 8, width: 16 };
  const image = { batch: 1, height: 64, width: 32 };
  Object.assign(models, {
    "U-Net of SD1.5": buildUNet({ ...sd15.unet, ...latent, tokens: 77 }),
    "U-Net of SD2.1": buildUNet({ ...sd21.unet, ...latent, tokens: 154 }),
    "text encoder of SD1.5": buildTextEncoder({ ...sd15.textEncoders[0], batch: 2, hiddenStates: true }),
    "text encoder of SD2.1": buildTextEncoder({ ...sd21.textEncoders[0], batch: 1, pooled: true }),
    "VAE encoder": buildVaeEncoder({ ...sd15.vae, ...image }),
    "VAE decoder": buildVaeDecoder({ ...sd15.vae, ...latent }),
    "TAESD encoder": buildTaesdEncoder({ ...taesd, ...image }),
    "TAESD decoder": buildTaesdDecoder({ ...taesd, ...latent }),
    ControlNet: buildControlNet({ ...controlnet, ...latent, tokens: 77 }),
  });
});

const names = [
  "U-Net of SD1.5",
  "U-Net of SD2.1",
  "text encoder of SD1.5",
  "text encoder of SD2.1",
  "VAE encoder",
  "VAE decoder",
  "TAESD encoder",
  "TAESD decoder",
  "ControlNet",
];

describe.each([
  ["lowerForCpu", lowerForCpu],
  ["lowerForWasm", lowerForWasm],
  ["lowerForWebGpu", lowerForWebGpu],
  ["lowerToElementary", lowerToElementary],
] as const)("%s", (list, passes) => {
  it.each(names)("does not change the result of the %s", async (name) => {
    const model = models[name]!;
    // Dozens of layers, each with sums in another order; activations are of size 1 to 10.
    const lowered = await expectEquivalent(model, passes, { rtol: 1e-4, atol: 1e-4 });
    expect(Object.keys(lowered.opsets).every((domain) => list !== "lowerToElementary" || domain === "")).toBe(
      true,
    );
    // The CPU's list pads, splits and joins layers, which no exporter does and `raise` does not read.
    if (list === "lowerForCpu" || list === "lowerForWasm") return;
    const raised = runPasses(lowered, raise).model;
    expect(operators(raised)).toEqual(operators(model));
    expect(raised.opsets).toEqual(model.opsets);
  });
});

it.each(names)("raise leaves the operators of the %s as they are", (name) => {
  const { model } = runPasses(models[name]!, raise);
  expect(operators(model)).toEqual(operators(models[name]!));
});
