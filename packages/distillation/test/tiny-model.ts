import { openCheckpoint } from "@sunstep/checkpoint";
import { folderTree } from "@sunstep/checkpoint/node";
import type { Runtime } from "@sunstep/runtime";
import { fixture } from "@sunstep/testing";
import { openTextEncoders } from "sunstep";
import type { TrainedModel } from "../src/trained-model.js";

/** Opens a model of SD1's form, or another, with random weights; latents are 8×8. */
export async function tinyModel(runtime: Runtime, name = "tiny-sd15"): Promise<TrainedModel> {
  const checkpoint = await openCheckpoint(folderTree(fixture(name)));
  return { ...checkpoint, name, runtime, textEncoders: await openTextEncoders(checkpoint) };
}
