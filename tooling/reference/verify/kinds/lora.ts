// U-Net and text encoder with a LoRA merged at a scale. Inputs and expected outputs are two files.

import { join } from "node:path";
import { openSafetensors } from "@sunstep/checkpoint";
import { fileSource } from "@sunstep/checkpoint/node";
import { addLoras, readLora } from "@sunstep/lora";
import { buildTextEncoder } from "@sunstep/networks";
import type { KindChecker } from "@sunstep/testing";
import { openGolden } from "../golden.js";
import { openTextEncoder, openUNet } from "../models.js";
import { named, runUNet } from "../networks.js";
import { runOnce } from "../session.js";

interface LoraCase {
  readonly model: string;
  /** Null for the model alone. */
  readonly lora: string | null;
  readonly scale: number;
  readonly inputs: string;
  readonly file: string;
  readonly outputs: readonly string[];
  readonly atol: number;
}

export const kind: KindChecker = {
  kind: "lora",
  async check(testCase, dir) {
    const { model, lora: path, scale, inputs, file, outputs, atol } = testCase as unknown as LoraCase;
    const [unet, textEncoder] = [await openUNet(dir, model), await openTextEncoder(dir, model)];
    const weights = { unet: unet.weights, text_encoder: textEncoder.weights };
    const loras =
      path === null
        ? []
        : [
            {
              lora: await readLora(await openSafetensors(await fileSource(join(dir, path))), weights),
              scale,
            },
          ];
    for (const warning of loras.flatMap(({ lora }) => lora.warnings)) throw new Error(warning.message);

    const given = openGolden(dir, inputs);
    const ids = given.input("input_ids");
    const [batch = 1, tokens = 1] = ids.shape;
    const text = addLoras(loras, "text_encoder").run(
      buildTextEncoder({ ...textEncoder, batch, tokens }),
    ).model;
    const results = {
      eps: await runUNet({
        unet,
        golden: given,
        prompt: given.input("encoder_hidden_states"),
        passes: [addLoras(loras, "unet")],
      }),
      text_last_hidden_state: (await runOnce(text, { input_ids: ids })).last_hidden_state!,
    };
    const expected = openGolden(dir, file);
    for (const output of outputs) expected.compare(output, named(results, output), atol);
  },
};
