import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openComponent, readWeight, writeSafetensors } from "@sunstep/checkpoint";
import { folderTree } from "@sunstep/checkpoint/node";
import { fixture, readSafetensors } from "@sunstep/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import { type FromPretrainedOptions, StableDiffusion } from "../src/index.js";
import { temporaryFolder } from "./temporary-folder.js";

const few = { seed: 5, steps: 2, width: 64, height: 64, guidanceScale: 3 };

type Tensors = Parameters<typeof writeSafetensors>[0];

async function load(options: FromPretrainedOptions = {}): Promise<StableDiffusion> {
  const sd = await StableDiffusion.fromPretrained(fixture("tiny-sd15"), { offline: true, ...options });
  onTestFinished(() => sd.dispose());
  return sd;
}

/** The rows of ids in the table of tiny-sd15's text encoder, in its own type. */
async function rowsOf(ids: readonly number[]): Promise<Tensors[string]> {
  const { weights, config } = await openComponent(
    "textEncoder",
    folderTree(fixture("tiny-sd15/text_encoder")),
    {
      variant: "fp16",
    },
  );
  const { data, dtype } = await readWeight(weights.get("text_model.embeddings.token_embedding.weight"));
  const width = config.hidden_size;
  const table = data as Uint16Array;
  const rows = Uint16Array.from(ids.flatMap((id) => [...table.subarray(id * width, (id + 1) * width)]));
  return { dtype, shape: [ids.length, width], data: rows } as Tensors[string];
}

const CAT = 2368;
const DOG = 1929;
const file = (name: string, tensors: Tensors) => new File([writeSafetensors(tensors)] as BlobPart[], name);

const latents = async (sd: StableDiffusion, prompt: string, options: object = {}) =>
  (await sd.generate(prompt, { ...few, ...options })).latents.data;

describe("textual inversions", () => {
  it("are words of prompts and negative prompts, by the file's name, its own word or the given one", async () => {
    const emb_params = await rowsOf([CAT, DOG]);
    const own = file("learned_embeds.safetensors", { "<pet>": await rowsOf([CAT]) });
    const sd = await load({ embeddings: [file("Pets.safetensors", { emb_params }), own] });
    expect(sd.embeddings).toEqual(["Pets", "<pet>"]);
    expect(await latents(sd, "a pets")).toEqual(await latents(sd, "a cat dog"));
    expect(await latents(sd, "a house", { negativePrompt: "(<pet>:1.2), embedding:Pets" })).toEqual(
      await latents(sd, "a house", { negativePrompt: "(cat:1.2), cat dog" }),
    );
    expect(await sd.loadEmbedding(own, { name: "tom" })).toBe("tom");
    expect(await latents(sd, "a tom")).toEqual(await latents(sd, "a cat"));
    await sd.unloadEmbedding("tom");
    expect(await latents(sd, "a tom")).not.toEqual(await latents(sd, "a cat"));
    await expect(sd.unloadEmbedding("tom")).rejects.toMatchObject({ code: "ADAPTER_UNKNOWN" });
    const { images } = await sd.generate("a pets", few);
    expect(images[0]!.parameters).toMatch(/^a pets\n/);
  });

  it("lie in a folder, of which only those that a prompt names are opened", async () => {
    const folder = temporaryFolder();
    const put = async (path: string, tensors: Tensors) =>
      writeFileSync(join(folder, path), writeSafetensors(tensors));
    mkdirSync(join(folder, "sub"));
    await put("sub/Pets.safetensors", { emb_params: await rowsOf([CAT, DOG]) });
    await put("learned_embeds.safetensors", { "<pet>": await rowsOf([CAT]) });
    writeFileSync(join(folder, "damaged.safetensors"), "");
    writeFileSync(join(folder, "old.pt"), readFileSync(fixture("textual-inversion/pickle.pt")));
    const sd = await load({ embeddingFolder: folder });
    expect(await latents(sd, "a embedding:sub/Pets.safetensors")).toEqual(await latents(sd, "a cat dog"));
    expect(await latents(sd, "a <pet>")).toEqual(await latents(sd, "a cat"));
    const bare = await sd.generate("an old house", few);
    expect(bare.warnings).toMatchObject([{ code: "EMBEDDING_UNUSED", details: { name: "old" } }]);
    expect(bare.warnings[0]!.message).toContain("convert it to .safetensors");
    await expect(sd.generate("embedding:old house", few)).rejects.toMatchObject({
      code: "CHECKPOINT_NOT_SAFETENSORS",
    });
    const unknown = await sd.generate("embedding:Pet house", few);
    expect(unknown.warnings[0]!.message).toMatch(/names like it: <pet>, Pets/);
    await put("Pets.safetensors", { emb_params: await rowsOf([DOG]) });
    await expect(sd.generate("embedding:Pets", few)).rejects.toMatchObject({
      code: "PROMPT_EMBEDDING_AMBIGUOUS",
    });
    await expect(load({ embeddingFolder: join(folder, "nowhere") })).rejects.toMatchObject({
      code: "ADAPTER_FOLDER",
      message: expect.stringContaining("--embedding-dir"),
    });
  });

  it("come with LoRAs that bundle them, while those are applied", async () => {
    const lora = Object.fromEntries(
      [...readSafetensors(fixture("lora/kohya.safetensors"))]
        .filter(([name]) => name.startsWith("lora_te"))
        .map(([name, { shape, data }]) => [
          name,
          { dtype: "float32", shape, data: Float32Array.from(data as ArrayLike<number>) },
        ]),
    ) as Tensors;
    const bundle = file("style.safetensors", {
      ...lora,
      "bundle_emb.pets.string_to_param.*": await rowsOf([CAT, DOG]),
    });
    const sd = await load({ loraFolder: { "style.safetensors": bundle } });
    expect(await latents(sd, "a pets <lora:style:0.5>")).toEqual(
      await latents(sd, "a cat dog <lora:style:0.5>"),
    );
    expect(await latents(sd, "a pets")).not.toEqual(await latents(sd, "a cat dog"));
    expect((await sd.generate("<lora:style:1>", few)).warnings).toEqual([]);
  });

  it("are refused at once where they are made for another model, or are no embedding", async () => {
    const emb_params = { dtype: "float32", shape: [1, 768], data: new Float32Array(768) } as const;
    await expect(load({ embeddings: [file("easy.safetensors", { emb_params })] })).rejects.toMatchObject({
      code: "EMBEDDING_MODEL",
      message: expect.stringContaining("Stable Diffusion 1.x"),
    });
    await expect(load({ embeddings: [fixture("textual-inversion/pickle.pt")] })).rejects.toMatchObject({
      code: "MODEL_NOT_SAFETENSORS",
    });
    await expect(load({ embeddings: [fixture("lora/kohya.safetensors")] })).rejects.toMatchObject({
      code: "EMBEDDING_FORMAT",
    });
  });
});
