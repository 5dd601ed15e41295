import { fixture } from "@sunstep/testing";
import { describe, expect, it } from "vitest";
import { type ByteSource, identify, openCheckpoint, openComponent, openSafetensors } from "../src/index.js";
import { folderTree } from "../src/node.js";
import { toLdmUNet } from "./ldm-layout.js";
import { rawSafetensors } from "./made-up-tensors.js";
import { publishedUNet } from "./published-unet.js";

/** A file of that header whose tensors are all zeros, which are made when they are read. */
function hollowFile(shapes: ReadonlyMap<string, readonly number[]>): ByteSource {
  let end = 0;
  const entries = [...shapes].map(([name, shape]) => {
    const begin = end;
    end += shape.reduce((bytes, size) => bytes * size, 2);
    return [`model.diffusion_model.${toLdmUNet(name)}`, { dtype: "F16", shape, data_offsets: [begin, end] }];
  });
  const start = rawSafetensors(JSON.stringify(Object.fromEntries(entries)));
  return {
    name: "v1-5.safetensors",
    size: start.length + end,
    read: async (offset, length) =>
      offset < start.length ? start.slice(offset, offset + length) : new Uint8Array(length),
  };
}

const tree = folderTree(fixture("tiny-sd15"));
const others = {
  textEncoder: await openComponent("textEncoder", tree, { folder: "text_encoder" }),
  vae: await openComponent("vae", tree, { folder: "vae" }),
};

/** Counts and configs of stable-diffusion-v1-5 and stable-diffusion-2-1, unet/config.json. */
describe.each([
  ["sd1", { contextWidth: 768, linearProjection: false }, 859_520_964, 8, 64],
  ["sd2", { contextWidth: 1024, linearProjection: true }, 865_910_724, [5, 10, 20, 20], 96],
] as const)("the published %s U-Net", (architecture, kind, parameters, heads, sampleSize) => {
  const source = hollowFile(publishedUNet(kind));

  it("is recognised with its number of parameters", async () => {
    const identity = identify(await openSafetensors(source));
    expect(identity).toMatchObject({
      kind: "checkpoint",
      architecture,
      details: { parameters, inChannels: 4 },
    });
  });

  it("gets the published config from its shapes alone", async () => {
    const { unet, warnings } = await openCheckpoint(source, {
      ...others,
      ...(architecture === "sd2" && { predictionType: "v_prediction" }),
    });
    expect(unet.config).toMatchObject({
      block_out_channels: [320, 640, 1280, 1280],
      attention_head_dim: heads,
      cross_attention_dim: kind.contextWidth,
      use_linear_projection: kind.linearProjection,
      norm_num_groups: 32,
      layers_per_block: 2,
      transformer_layers_per_block: 1,
      sample_size: sampleSize,
    });
    expect(unet.weights.names()).toHaveLength(686);
    expect(warnings).toEqual([]);
  });
});
