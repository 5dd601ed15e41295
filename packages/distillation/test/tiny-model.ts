import { openCheckpoint } from "@sunstep/checkpoint";
import { folderTree } from "@sunstep/checkpoint/node";
import type { Runtime } from "@sunstep/runtime";
import { fixture } from "@sunstep/testing";
import { openTextEncoders } from "sunstep";
import type { TrainedModel } from "../src/trained-model.js";

/** Opens a model of SD1's form with random weights; latents are 8×8. */
export async function tinyModel(runtime: Runtime): Promise<TrainedModel> {
  const checkpoint = await openCheckpoint(folderTree(fixture("tiny-sd15")));
  return { ...checkpoint, name: "tiny-sd15", runtime, textEncoders: await openTextEncoders(checkpoint) };
}
