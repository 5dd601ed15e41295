import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fixture, readSafetensors } from "@sunstep/testing";
import { afterAll, describe, expect, it } from "vitest";
import {
  blobTree,
  memorySource,
  openCheckpoint,
  openComponent,
  openShards,
  readWeight,
  writeSafetensors,
} from "../src/index.js";
import { fileSource, folderTree } from "../src/node.js";
import { errorOf } from "./errors-of.js";
import { filesOf, textFile } from "./folders.js";
import { stored } from "./made-up-tensors.js";

const sd15 = fixture("tiny-sd15");
const taesd = fixture("tiny-taesd/diffusion_pytorch_model.safetensors");
const temporary = mkdtempSync(join(tmpdir(), "sunstep-checkpoint-"));
afterAll(() => rmSync(temporary, { recursive: true }));

describe("openCheckpoint on a diffusers folder", () => {
  it("opens all networks", async () => {
    const checkpoint = await openCheckpoint(folderTree(sd15), { variant: "fp16" });
    expect(checkpoint).toMatchObject({ format: "diffusers", architecture: "sd1", warnings: [] });
    expect(checkpoint.schedulerConfig).toMatchObject({ _class_name: "PNDMScheduler", skip_prk_steps: true });
    expect(Object.keys(checkpoint.textEncoders[0].tokenizer!)).toContain("vocab.json");
    expect(checkpoint.unet.weights.get("conv_in.weight")).toMatchObject({
      dtype: "float16",
      shape: [16, 4, 3, 3],
      source: { path: join(sd15, "unet/diffusion_pytorch_model.fp16.safetensors") },
    });
  });

  it("warns of networks beside those of a plain model, and of none that filter finished images", async () => {
    const files = filesOf(sd15);
    const index = JSON.parse(await files["model_index.json"]!.text()) as object;
    const open = (changes: object) =>
      openCheckpoint(blobTree({ ...files, "model_index.json": textFile({ ...index, ...changes }) }), {
        variant: "fp16",
      });
    const { warnings } = await open({
      _class_name: "StableDiffusionControlNetPipeline",
      controlnet: ["diffusers", "ControlNetModel"],
      safety_checker: ["stable_diffusion", "StableDiffusionSafetyChecker"],
      feature_extractor: ["transformers", "CLIPImageProcessor"],
      image_encoder: [null, null],
    });
    expect(warnings).toMatchObject([
      {
        code: "CHECKPOINT_UNUSED_COMPONENTS",
        message: expect.stringContaining("model_index.json: the model also has controlnet,"),
        details: { components: ["controlnet"] },
      },
    ]);
  });

  it("tells SD 2.x from SD 1.x", async () => {
    expect((await openCheckpoint(folderTree(fixture("tiny-sd21")))).architecture).toBe("sd2");
  });

  it("opens the same model from Blobs", async () => {
    const checkpoint = await openCheckpoint(blobTree(filesOf(sd15)), { variant: "fp16" });
    const { source, ...weight } = checkpoint.vae.weights.get("decoder.conv_in.weight");
    const onDisk = (await openCheckpoint(folderTree(sd15))).vae.weights.get("decoder.conv_in.weight");
    expect(weight).toEqual({
      name: onDisk.name,
      dtype: onDisk.dtype,
      shape: onDisk.shape,
      offset: onDisk.offset,
      length: onDisk.length,
    });
    expect(source.blob?.size).toBe(onDisk.source.size);
  });

  it("follows the links of the Hugging Face cache", async () => {
    const blobs = join(temporary, "cache/blobs");
    const snapshot = join(temporary, "cache/snapshots/1a2b3c/vae");
    mkdirSync(blobs, { recursive: true });
    mkdirSync(snapshot, { recursive: true });
    for (const [i, name] of readdirSync(join(sd15, "vae")).entries()) {
      writeFileSync(join(blobs, `${i}`), readFileSync(join(sd15, "vae", name)));
      symlinkSync(`../../../blobs/${i}`, join(snapshot, name));
    }
    const { weights } = await openComponent("vae", folderTree(join(temporary, "cache/snapshots/1a2b3c")), {
      folder: "vae",
    });
    expect((await readWeight(weights.get("quant_conv.bias"))).data).toHaveLength(8);
  });
});

describe("openCheckpoint on variants", () => {
  it("takes other files with a warning where a component lacks the variant", async () => {
    const without = await openCheckpoint(folderTree(sd15));
    expect(without.warnings).toHaveLength(3);
    expect(without.warnings[0]).toMatchObject({
      code: "CHECKPOINT_OTHER_VARIANT",
      message: "unet: there are no files without a variant; the files of the variant fp16 were taken",
    });
    const files = filesOf(sd15);
    files["vae/diffusion_pytorch_model.safetensors"] = files["vae/diffusion_pytorch_model.fp16.safetensors"]!;
    delete files["vae/diffusion_pytorch_model.fp16.safetensors"];
    const mixed = await openCheckpoint(blobTree(files), { variant: "fp16" });
    expect(mixed.warnings).toMatchObject([
      { code: "CHECKPOINT_OTHER_VARIANT", details: { component: "vae", variant: "fp16" } },
    ]);
  });

  it("rejects a variant that no component has", async () => {
    const error = await errorOf(openCheckpoint(folderTree(fixture("tiny-sd21")), { variant: "bf16" }));
    expect(error).toMatchObject({ code: "CHECKPOINT_FILE_MISSING", details: { variant: "bf16" } });
    expect((await errorOf(openCheckpoint(folderTree(sd15), { variant: "../x" }))).code).toBe(
      "CHECKPOINT_PATH",
    );
  });
});

describe("openCheckpoint on folders whose weights have other names", () => {
  const rename = (from: string, to: string) => {
    const { [from]: file, ...others } = filesOf(sd15);
    return blobTree({ ...others, [to]: file! });
  };
  const unetFile = "unet/diffusion_pytorch_model.fp16.safetensors";

  it("takes the only variant that there is and says so", async () => {
    const files = rename(unetFile, "unet/diffusion_pytorch_model.non_ema.safetensors");
    const { unet, warnings } = await openCheckpoint(files, { variant: "fp16" });
    expect(unet.weights.has("conv_in.weight")).toBe(true);
    expect(warnings).toMatchObject([
      { code: "CHECKPOINT_OTHER_VARIANT", details: { component: "unet", taken: "non_ema" } },
    ]);
  });

  it("names the single file beside folders of pickles", async () => {
    const { [unetFile]: file, ...others } = filesOf(sd15);
    const files = blobTree({
      ...others,
      "unet/diffusion_pytorch_model.bin": new Blob(["PK"]),
      "v1-5-pruned-emaonly.safetensors": file!,
    });
    const error = await errorOf(openCheckpoint(files));
    expect(error).toMatchObject({
      code: "CHECKPOINT_NOT_SAFETENSORS",
      details: { single: ["v1-5-pruned-emaonly.safetensors"] },
    });
    expect(error.message).toMatch(/pickle.*Open the single file .*v1-5-pruned-emaonly\.safetensors/);
  });
});

describe("openComponent on shards", () => {
  const golden = readSafetensors(taesd);
  const names = [...golden.keys()];
  const shard = (keep: (index: number) => boolean) =>
    new Blob([
      writeSafetensors(
        Object.fromEntries(names.filter((_, i) => keep(i)).map((name) => [name, stored(golden.get(name)!)])),
      ),
    ]);
  const shards = ["diffusion_pytorch_model-00001-of-00002", "diffusion_pytorch_model-00002-of-00002"];
  const files = {
    "config.json": new Blob([readFileSync(fixture("tiny-taesd/config.json"))]),
    "diffusion_pytorch_model.safetensors.index.json": textFile({
      metadata: { total_size: 1 },
      weight_map: Object.fromEntries(names.map((name, i) => [name, `${shards[i % 2]}.safetensors`])),
    }),
    [`${shards[0]}.safetensors`]: shard((i) => i % 2 === 0),
    [`${shards[1]}.safetensors`]: shard((i) => i % 2 === 1),
  };

  it("joins them to one set of weights", async () => {
    const { weights } = await openComponent("taesd", blobTree(files));
    expect(weights.names().sort()).toEqual([...names].sort());
    for (const name of names)
      expect((await readWeight(weights.get(name))).data).toBeAllclose(
        golden.get(name)!.data as Float32Array,
        {},
      );
  });

  it("names a missing shard", async () => {
    const { [`${shards[1]}.safetensors`]: _, ...rest } = files;
    const error = await errorOf(openComponent("taesd", blobTree(rest)));
    expect(error.message).toContain(`${shards[1]}.safetensors is missing`);
  });

  it.each(["index_traversal", "index_missing_shard"])("rejects hostile/%s", async (name) => {
    const index = await fileSource(fixture(`hostile/${name}.safetensors.index.json`));
    const error = await errorOf(openShards(folderTree(fixture("hostile")), "", index));
    expect(error.message).toMatch(
      /secret\.safetensors.*refused|model-00001-of-00002\.safetensors is missing/,
    );
  });

  it.each([
    [[], /must be a JSON object/],
    [{ weight_map: ["x"] }, /weight_map must be an object/],
    [{ weight_map: { x: 1 } }, /x must name a file, is 1/],
    [{ weight_map: { x: "C:\\secret" } }, /refused/],
    [{ weight_map: { x: "/etc/passwd" } }, /refused/],
    [{ weight_map: { x: "a/../../b" } }, /refused/],
  ])("rejects the index %j", async (index, message) => {
    const source = memorySource(
      new TextEncoder().encode(JSON.stringify(index)),
      "model.safetensors.index.json",
    );
    expect((await errorOf(openShards(blobTree({}), "", source))).message).toMatch(message);
  });
});

describe("openComponent on old names", () => {
  it("maps the VAE's old attention names, stored as convolutions or not", async () => {
    const files = filesOf(sd15);
    const golden = readSafetensors(join(sd15, "vae/diffusion_pytorch_model.fp16.safetensors"));
    const old: Record<string, string> = {
      to_q: "query",
      to_k: "key",
      to_v: "value",
      "to_out.0": "proj_attn",
    };
    const renamed = [...golden].map(([name, tensor], i) => {
      const attention = /^(.*attentions\.0\.)(to_q|to_k|to_v|to_out\.0)(\..*)$/.exec(name);
      if (!attention) return [name, stored(tensor)] as const;
      const shape = tensor.shape.length === 2 && i % 2 ? [...tensor.shape, 1, 1] : tensor.shape;
      return [`${attention[1]}${old[attention[2]!]}${attention[3]}`, stored({ ...tensor, shape })] as const;
    });
    files["vae/diffusion_pytorch_model.safetensors"] = new Blob([
      writeSafetensors(Object.fromEntries(renamed)),
    ]);
    const { weights } = await openComponent("vae", blobTree(files), { folder: "vae" });
    expect(weights.names().sort()).toEqual([...golden.keys()].sort());
    for (const name of golden.keys()) expect(weights.get(name).shape).toEqual(golden.get(name)!.shape);
  });

  it("adds the prefix text_model. that transformers 5.6 dropped, and leaves position_ids out", async () => {
    const files = filesOf(sd15);
    const golden = readSafetensors(join(sd15, "text_encoder/model.fp16.safetensors"));
    const bare = [...golden].map(([name, tensor]) => [
      name.replace("text_model.", ""),
      stored({ ...tensor, data: Float32Array.from(tensor.data, Number) }),
    ]);
    files["text_encoder/model.safetensors"] = new Blob([writeSafetensors(Object.fromEntries(bare))]);
    const { weights } = await openComponent("textEncoder", blobTree(files), { folder: "text_encoder" });
    expect(weights.names().sort()).toEqual(
      [...golden.keys()].filter((name) => !name.endsWith("position_ids")).sort(),
    );
  });
});

describe("openCheckpoint on folders that it rejects", () => {
  const index = (change: object) => ({
    ...filesOf(sd15),
    "model_index.json": textFile({
      ...JSON.parse(readFileSync(join(sd15, "model_index.json"), "utf8")),
      ...change,
    }),
  });

  it.each([
    [
      { _class_name: "StableDiffusionXLPipeline" },
      "CHECKPOINT_UNSUPPORTED",
      /StableDiffusionXLPipeline.*in XL a text_encoder_2/,
    ],
    [
      { _class_name: "StableDiffusionXLPipeline", text_encoder_2: ["transformers", "T"] },
      "CHECKPOINT_CONFIG",
      /addition_embed_type null is the U-Net of Stable Diffusion 1.x or 2.x/,
    ],
    [
      {
        _class_name: "StableDiffusionXLImg2ImgPipeline",
        text_encoder: [null, null],
        text_encoder_2: ["transformers", "T"],
      },
      "CHECKPOINT_UNSUPPORTED",
      /Stable Diffusion XL refiner/,
    ],
    [{ _class_name: "StableDiffusionUpscalePipeline" }, "CHECKPOINT_UNSUPPORTED", /Upscale/],
    [{ _class_name: "FluxPipeline" }, "CHECKPOINT_UNSUPPORTED", /FluxPipeline/],
    [{ text_encoder_2: ["transformers", "T"] }, "CHECKPOINT_UNSUPPORTED", /text_encoder_2/],
    [{ vae: [null, null] }, "CHECKPOINT_UNSUPPORTED", /a vae/],
    [{ "../../etc": ["diffusers", "UNet2DConditionModel"] }, "CHECKPOINT_PATH", /\.\.\/\.\.\/etc/],
  ])("rejects model_index.json with %j", async (change, code, message) => {
    const error = await errorOf(openCheckpoint(blobTree(index(change))));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });

  it("accepts the pipelines of the same networks", async () => {
    for (const _class_name of [
      "StableDiffusionInpaintPipeline",
      "StableDiffusionImg2ImgPipeline",
      "LatentConsistencyModelPipeline",
    ])
      expect((await openCheckpoint(blobTree(index({ _class_name })))).architecture).toBe("sd1");
  });

  it("names the weight that a U-Net lacks which takes the guidance scale", async () => {
    const unet = JSON.parse(readFileSync(join(sd15, "unet/config.json"), "utf8"));
    const files = {
      ...index({ _class_name: "LatentConsistencyModelPipeline" }),
      "unet/config.json": textFile({ ...unet, time_cond_proj_dim: 256 }),
    };
    const error = await errorOf(openCheckpoint(blobTree(files)));
    expect(error.message).toMatch(/time_embedding\.cond_proj\.weight/);
  });

  it("names a missing file", async () => {
    for (const path of [
      "unet/config.json",
      "scheduler/scheduler_config.json",
      "vae/diffusion_pytorch_model.fp16.safetensors",
    ]) {
      const { [path]: _, ...files } = filesOf(sd15);
      const error = await errorOf(openCheckpoint(blobTree(files)));
      expect(error.code).toBe("CHECKPOINT_FILE_MISSING");
      expect(error.message).toContain(path.replace(".fp16", ""));
    }
    const error = await errorOf(openCheckpoint(folderTree(fixture("tiny-sd15-single-file"))));
    expect(error.message).toMatch(/model_index\.json.*Open one of its files: tiny_sd15\.fp16\.safetensors/);
    expect((await errorOf(fileSource(join(temporary, "nothing")))).code).toBe("FILE_MISSING");
  });

  it("rejects weights that are a pickle", async () => {
    const { "unet/diffusion_pytorch_model.fp16.safetensors": _, ...files } = filesOf(sd15);
    const error = await errorOf(
      openCheckpoint(blobTree({ ...files, "unet/diffusion_pytorch_model.bin": new Blob([]) })),
    );
    expect(error.code).toBe("CHECKPOINT_NOT_SAFETENSORS");
    expect(error.message).toContain("unet/diffusion_pytorch_model.bin");
  });

  it("names the weight and both shapes where a config is another model's", async () => {
    const config = JSON.parse(readFileSync(join(sd15, "unet/config.json"), "utf8"));
    const files = { ...filesOf(sd15), "unet/config.json": textFile({ ...config, cross_attention_dim: 768 }) };
    const error = await errorOf(openCheckpoint(blobTree(files)));
    expect(error.code).toBe("CHECKPOINT_WEIGHT_SHAPE");
    expect(error.message).toMatch(/attn2\.to_k\.weight is \[16,16\], the config asks for \[16,768\]/);
  });

  it("rejects paths that leave a folder", async () => {
    for (const path of ["../x", "/etc/passwd", "a//b", "a/./b", "..\\x", "c:/x", "a\0b", ""]) {
      expect((await errorOf(folderTree(sd15).open(path))).code).toBe("CHECKPOINT_PATH");
    }
    expect(await folderTree(sd15).open("unet")).toBeUndefined();
  });

  it("names a missing weight", async () => {
    const { weights } = await openComponent("taesd", folderTree(fixture("tiny-taesd")));
    expect(() => weights.get("nope.weight")).toThrow(
      /diffusion_pytorch_model\.safetensors: no weight nope\.weight/,
    );
  });
});
