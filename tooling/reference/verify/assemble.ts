// Assembles the pipeline that a recipe names: a model, and the networks and adapters that go over it.

import { stat } from "node:fs/promises";
import { join } from "node:path";
import { type NegativeMethodSpec, negativeMethod, type SunOptions, sun } from "@sunstep/accelerations";
import {
  adaptableWeights,
  type Checkpoint,
  type Component,
  type ControlNetConfig,
  openCheckpoint,
  openComponent,
  openEmbedding,
  openSafetensors,
  type TextEncoder,
  type TokenizerFiles,
} from "@sunstep/checkpoint";
import { fileSource, folderTree } from "@sunstep/checkpoint/node";
import { readLora } from "@sunstep/lora";
import {
  type GenerateOptions,
  loraAdapter,
  openTextEncoders,
  type PipelineComponents,
} from "@sunstep/pipeline";
import { readSunAdapter } from "@sunstep/sun-adapter";
import { type ControlNetPart, openControl, openVaeFile, singleFileConfig } from "./models.js";
import { runtime } from "./session.js";

/** A recipe's parts; paths are relative to the set. */
export interface Parts {
  /** A diffusers folder or a single file. */
  readonly model: string;
  /** Beside a single file: the folder of configs, and those of the tokenizers. */
  readonly configs?: string;
  readonly tokenizer?: string;
  readonly tokenizer2?: string;
  /** The folder of another U-Net. */
  readonly unet?: string;
  /** `configs`: the folder of a config.json. */
  readonly vae?: { readonly file: string; readonly configs?: string };
  readonly loras?: readonly { readonly file: string; readonly scale: number }[];
  /** ControlNets, folders or single files; `configs`: the folder of a config.json beside a single file. */
  readonly controlnets?: readonly ControlNetPart[];
  readonly embeddings?: readonly { readonly file: string; readonly token: string }[];
  readonly sun?: { readonly file: string } & SunOptions;
  readonly negative?: NegativeMethodSpec;
}

/** The components of a run, and the adapters that its request brings. */
export interface Assembled {
  readonly components: PipelineComponents;
  readonly networks: Pick<GenerateOptions, "adapters" | "acceleration" | "embeddings" | "negative">;
  readonly controlnets: readonly Component<ControlNetConfig>[];
}

export async function assemble(parts: Parts, dir: string): Promise<Assembled> {
  const path = (file: string) => join(dir, file);
  const open = async (file: string) => openSafetensors(await fileSource(path(file)));
  const checkpoint = await openModel(parts, dir);
  const { unet, vae, loras = [], embeddings = [], sun: adapter, negative } = parts;
  const adapters = await Promise.all(
    loras.map(async ({ file, scale }) =>
      loraAdapter({ lora: await readLora(await open(file), adaptableWeights(checkpoint)), scale }),
    ),
  );
  return {
    components: {
      ...checkpoint,
      runtime: await runtime(),
      textEncoders: await openTextEncoders(checkpoint),
      ...(unet && { unet: await openComponent("unet", folderTree(path(unet))) }),
      ...(vae && { vae: await openVaeFile(vae, dir) }),
    },
    networks: {
      ...(adapter && {
        acceleration: sun(readSunAdapter(await open(adapter.file)), adapter),
      }),
      ...(adapters.length > 0 && { adapters }),
      ...(negative && { negative: await negativeMethod(negative) }),
      embeddings: await Promise.all(
        embeddings.map(async ({ file, token }) => ({
          name: token,
          embedding: await openEmbedding(await fileSource(path(file))),
        })),
      ),
    },
    controlnets: await Promise.all((parts.controlnets ?? []).map((one) => openControl(dir, one))),
  };
}

async function openModel({ model, configs, tokenizer, tokenizer2 }: Parts, dir: string): Promise<Checkpoint> {
  const path = join(dir, model);
  if ((await stat(path)).isDirectory()) return openCheckpoint(folderTree(path));
  const checkpoint = await openCheckpoint(await fileSource(path), {
    ...(configs && { config: await singleFileConfig(join(dir, configs)) }),
  });
  const [first, second] = checkpoint.textEncoders;
  const withTokenizer = async (encoder: TextEncoder, folder: string | undefined) =>
    folder === undefined ? encoder : { ...encoder, tokenizer: await filesIn(join(dir, folder)) };
  const textEncoders: Checkpoint["textEncoders"] = [
    await withTokenizer(first, tokenizer),
    ...(second ? [await withTokenizer(second, tokenizer2)] : []),
  ];
  return { ...checkpoint, textEncoders };
}

async function filesIn(folder: string): Promise<TokenizerFiles> {
  const tree = folderTree(folder);
  const names = await tree.list();
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, (await tree.open(name))!] as const)),
  );
}

/** Derives the parts of a run of the first set from its name and description. */
export function partsByName(recipe: string, what: string): Parts {
  const name = recipe.replace(/^.*\//, "");
  const model = /tiny-(sd21|sdxl)/.exec(what)?.[0] ?? "tiny-sd15";
  const [, loraFile, scale] = /(lora\/[\w.-]+\.safetensors) at ([\d.]+)/.exec(what) ?? [];
  return {
    model,
    ...(/9-channel/.test(what) && { unet: "tiny-inpaint/unet" }),
    ...(name.startsWith("sun_") && {
      sun: {
        file: `sun/${model}_${/plain/.test(name) ? "plain" : "addpos"}.safetensors`,
        norm: /per-sample norm/.test(what) ? "sample" : "batch",
        controlTokens: /controlnet_authors/.test(name) ? "both" : "prompt",
      },
    }),
    ...(/controlnet/.test(name) && { controlnets: [{ model: "tiny-controlnet" }] }),
    ...(loraFile && { loras: [{ file: loraFile, scale: Number(scale) }] }),
  };
}
