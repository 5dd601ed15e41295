import { join } from "node:path";
import { type KindChecker, readSafetensors } from "@sunstep/testing";
import { openGolden } from "../golden.js";
import { openTextEncoder } from "../models.js";
import { checkTextEncoder } from "../networks.js";

interface TextEncoderCase {
  readonly model: string;
  /** Folder of the text encoder in the model's. */
  readonly component: string;
  readonly file: string;
  /** Default: all that the file has. */
  readonly outputs?: readonly string[];
  readonly atol: number;
}

export const kind: KindChecker = {
  kind: "text-encoder",
  async check(testCase, dir) {
    const { model, component, file, atol, ...given } = testCase as unknown as TextEncoderCase;
    const all = [...readSafetensors(join(dir, file)).keys()].filter((name) => name.startsWith("out."));
    const textEncoder = await openTextEncoder(dir, model, component);
    await checkTextEncoder(textEncoder, openGolden(dir, file), given.outputs ?? all, atol);
  },
};
