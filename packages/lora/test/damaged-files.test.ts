// LoRAs with one tensor's shape, name or data type, or one byte of the header changed: an error or a warning that names the
// file, or the same updates.
import { readFileSync } from "node:fs";
import { adaptableWeights, memorySource, openCheckpoint, type WeightRef } from "@sunstep/checkpoint";
import { folderTree } from "@sunstep/checkpoint/node";
import { SunstepError } from "@sunstep/errors";
import { fixture } from "@sunstep/testing";
import { describe, expect, it } from "vitest";
import { damaged, damages, withRoom } from "../../checkpoint/test/damage.js";
import { type Lora, openLora } from "../src/index.js";

const FILES_OF_A_KIND = 12;
const model = adaptableWeights(await openCheckpoint(folderTree(fixture("tiny-sd15"))));

const reference = ({ name, dtype, shape, offset, length }: WeightRef) => [name, dtype, shape, offset, length];
const updatesOf = ({ targets }: Lora) =>
  targets.map(({ network, parameter, strength, magnitude, update }) => [
    network,
    parameter,
    strength,
    magnitude && [magnitude.axis, reference(magnitude.weight)],
    JSON.stringify(update, (_, value) => ("offset" in Object(value) ? reference(value) : value)),
  ]);

describe.each(["kohya", "kohya_locon", "peft", "diffusers_legacy"])("openLora on a file of %s", (name) => {
  const sound = withRoom(new Uint8Array(readFileSync(fixture(`lora/${name}.safetensors`))));
  const open = (file: Uint8Array<ArrayBuffer>) => openLora(memorySource(file, "ink.safetensors"), model);

  it.each(damages)("never gives another update silently after a changed %s", async (damage) => {
    const before = await open(sound);
    expect(before.warnings).toEqual([]);
    const silent: number[] = [];
    for (let seed = 0; seed < FILES_OF_A_KIND; seed++) {
      const result = await open(damaged(sound, damage, seed)).catch((error: unknown) => error);
      if (result instanceof Error) {
        expect(SunstepError.isInstance(result), `${seed}: ${result.stack}`).toBe(true);
        expect(result.message).toContain("ink.safetensors");
        continue;
      }
      const { warnings, targets, unknown } = result as Lora;
      if (warnings.length > 0) expect(warnings[0]!.message).toContain("ink.safetensors");
      else if (
        JSON.stringify(updatesOf({ warnings, targets, unknown })) !== JSON.stringify(updatesOf(before))
      )
        silent.push(seed);
    }
    expect(silent).toEqual([]);
  });
});
