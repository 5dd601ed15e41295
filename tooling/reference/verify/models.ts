// The networks that cases name: folders in diffusers' layout under the reference set.
import { join } from "node:path";
import { type ComponentKind, openComponent } from "@sunstep/checkpoint";
import { folderTree } from "@sunstep/checkpoint/node";

const FOLDERS: Readonly<Record<Exclude<ComponentKind, "taesd">, string>> = {
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

export const openTaesd = (dir: string, model: string) => openComponent("taesd", folderTree(join(dir, model)));
