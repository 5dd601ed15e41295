// The networks that cases name: folders in diffusers' layout under the reference set.
import { basename, join } from "node:path";
import {
  type Component,
  type ComponentKind,
  openCheckpoint,
  openComponent,
  openControlNet,
  openTaesd as openTinyAutoencoder,
  openVae as openVaeAlone,
  parseControlNetConfig,
  parseVaeConfig,
  readJsonFile,
  type SingleFileOptions,
  type VaeConfig,
} from "@sunstep/checkpoint";
import { fileSource, folderTree, pathTree } from "@sunstep/checkpoint/node";

const FOLDERS: Readonly<Record<Exclude<ComponentKind, "taesd" | "controlnet">, string>> = {
  unet: "unet",
  textEncoder: "text_encoder",
  vae: "vae",
};

export const openUNet = (dir: string, model: string) =>
  openComponent("unet", folderTree(join(dir, model, FOLDERS.unet)));

export const openTextEncoder = (dir: string, model: string, folder: string = FOLDERS.textEncoder) =>
  openComponent("textEncoder", folderTree(join(dir, model, folder)));

export const openVae = (dir: string, model: string) =>
  openComponent("vae", folderTree(join(dir, model, FOLDERS.vae)));

export const openTaesd = (dir: string, model: string) => openTinyAutoencoder(folderTree(join(dir, model)));

/** Opens the two files of a tiny autoencoder in its authors' names. */
export const openTaesdFiles = (dir: string, encoder: string, decoder: string) =>
  openTinyAutoencoder(
    pathTree(Object.fromEntries([encoder, decoder].map((path) => [basename(path), join(dir, path)]))),
  );

/** A ControlNet of a case: a folder, or a single file with the folder of the config.json that it lacks. */
export interface ControlNetPart {
  readonly model: string;
  readonly configs?: string;
}

export async function openControl(dir: string, { model, configs }: ControlNetPart) {
  const path = join(dir, model);
  if (!/\.safetensors$/.test(model)) return openControlNet(folderTree(path));
  if (configs === undefined) return openControlNet(await fileSource(path));
  const file = await folderTree(join(dir, configs)).open("config.json");
  const { attention_head_dim, num_attention_heads, norm_num_groups } = parseControlNetConfig(
    await readJsonFile(file!),
  );
  return openControlNet(await fileSource(path), {
    config: { attention_head_dim, num_attention_heads, norm_num_groups },
  });
}

/** The facts of a folder's configs that a single file of the same model does not tell. */
export async function singleFileConfig(folder: string): Promise<NonNullable<SingleFileOptions["config"]>> {
  const { unet, textEncoders, vae } = await openCheckpoint(folderTree(folder));
  const [heads, heads2] = textEncoders.map(({ config }) => ({
    num_attention_heads: config.num_attention_heads,
    eos_token_id: config.eos_token_id,
  }));
  return {
    unet: {
      attention_head_dim: unet.config.attention_head_dim,
      norm_num_groups: unet.config.norm_num_groups,
    },
    textEncoder: heads!,
    ...(heads2 && { textEncoder2: heads2 }),
    vae: { norm_num_groups: vae.config.norm_num_groups },
  };
}

/** Opens a file of a VAE alone, with the config.json in a folder for the facts that shapes do not tell. */
export async function openVaeFile(
  { file, configs }: { readonly file: string; readonly configs?: string },
  dir: string,
): Promise<Component<VaeConfig>> {
  const opened = await openVaeAlone(await fileSource(join(dir, file)));
  if (configs === undefined) return opened;
  const config = await folderTree(join(dir, configs)).open("config.json");
  return { ...opened, config: parseVaeConfig(await readJsonFile(config!)) };
}
