import { join } from "node:path";
import {
  type AdaptableWeights,
  adaptableWeights,
  openCheckpoint,
  openSafetensors,
} from "@sunstep/checkpoint";
import { fileSource, folderTree } from "@sunstep/checkpoint/node";
import { allclose, type KindChecker, readSafetensors } from "@sunstep/testing";
import { readLora } from "../src/index.js";
import { weightChanges } from "./weight-changes.js";

interface LycorisCase {
  /** A diffusers folder. */
  readonly model?: string;
  /** In place of a model: files of some of its weights, by network. */
  readonly weights?: Readonly<Record<string, string>>;
  readonly lora: string;
  readonly scale: number;
  /** File of W' - W by diffusers' names: "unet.conv_in.weight". Cases at other scales than 1 have none. */
  readonly deltas?: string;
  readonly deltasAtol?: number;
}

/** Compares the changes of all weights with those that LyCORIS's functions make. */
export const kind: KindChecker = {
  kind: "lycoris",
  async check(testCase, dir) {
    const given = testCase as unknown as LycorisCase;
    if (given.deltas === undefined) return;
    const model = await weightsOf(given, dir);
    const lora = await readLora(await openSafetensors(await fileSource(join(dir, given.lora))), model);
    for (const warning of lora.warnings) throw new Error(warning.message);
    const changes = await weightChanges(lora, model, given.scale);
    const expected = readSafetensors(join(dir, given.deltas));
    const names = [...expected.keys()].sort();
    const changed = Object.keys(changes).sort();
    if (changed.join() !== names.join()) throw new Error(`it changes ${changed}, expected ${names}`);
    for (const name of names) {
      const { data, shape } = expected.get(name)!;
      const actual = changes[name]!;
      if (actual.shape.join() !== shape.join()) throw new Error(`${name} has shape [${actual.shape}]`);
      const { pass, message } = allclose(actual.data, data, { atol: given.deltasAtol! });
      if (!pass) throw new Error(`${name}: ${message}`);
    }
  },
};

async function weightsOf({ model, weights = {} }: LycorisCase, dir: string): Promise<AdaptableWeights> {
  if (model !== undefined) return adaptableWeights(await openCheckpoint(folderTree(join(dir, model))));
  const opened = Object.entries(weights).map(async ([network, path]) => {
    const file = await openSafetensors(await fileSource(join(dir, path)));
    return [network, file.weights] as const;
  });
  return Object.fromEntries(await Promise.all(opened));
}
