// LoRAs with one tensor's shape, name or data type, or one byte of the header changed: an error or a warning that names the
// file, or the same updates.
import { readFileSync } from "node:fs";
import {
  adaptableWeights,
  memorySource,
  openCheckpoint,
  openSafetensors,
  type WeightRef,
} from "@sunstep/checkpoint";
import { fileSource, folderTree } from "@sunstep/checkpoint/node";
import { damages, fixture, silentDamages } from "@sunstep/testing";
import { describe, expect, it } from "vitest";
import { type Lora, openLora } from "../src/index.js";

const FILES_OF_A_KIND = 12;
const loraModel = adaptableWeights(await openCheckpoint(folderTree(fixture("tiny-sd15"))));
const weightsIn = async (path: string) => (await openSafetensors(await fileSource(fixture(path)))).weights;
const lycorisModel = {
  unet: await weightsIn("lycoris/unet.safetensors"),
  text_encoder: await weightsIn("lycoris/text_encoder.safetensors"),
};

const reference = ({ name, dtype, shape, offset, length }: WeightRef) => [name, dtype, shape, offset, length];
const updatesOf = ({ targets }: Lora) =>
  targets.map(({ network, parameter, strength, magnitude, update }) => [
    network,
    parameter,
    strength,
    // One number for each output or input, however the shape says so.
    magnitude && [magnitude.axis, { ...magnitude.weight, shape: [], source: undefined }],
    JSON.stringify(update, (_, value) => ("offset" in Object(value) ? reference(value) : value)),
  ]);

const kinds = [
  ...["lora/kohya", "lora/kohya_locon", "lora/peft", "lora/diffusers_legacy"],
  ...["lycoris/loha", "lycoris/lokr_full", "lycoris/dora_peft", "lycoris/full", "lycoris/norm"],
];

describe.each(kinds)("openLora on a file of %s", (kind) => {
  const file = new Uint8Array(readFileSync(fixture(`${kind}.safetensors`)));

  it.each(damages)("never gives another update silently after a changed %s", async (damage) => {
    const model = kind.startsWith("lycoris") ? lycorisModel : loraModel;
    const silent = await silentDamages(damage, FILES_OF_A_KIND, {
      file,
      name: /ink\.safetensors/,
      open: (bytes) => openLora(memorySource(bytes, "ink.safetensors"), model),
      contentOf: updatesOf,
    });
    expect(silent).toEqual([]);
  });
});
