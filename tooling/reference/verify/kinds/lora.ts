// U-Net and text encoders with a LoRA merged at a scale. Inputs and expected outputs are two files.

import { join } from "node:path";
import { hasTextProjection, openSafetensors, type TextEncoderName } from "@sunstep/checkpoint";
import { fileSource } from "@sunstep/checkpoint/node";
import { addLoras, readLora } from "@sunstep/lora";
import { buildTextEncoder } from "@sunstep/networks";
import type { Tensor } from "@sunstep/tensor";
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

/** A text encoder of a model, its name in outputs, and the file's ids for it. */
interface TestedEncoder {
  readonly name: TextEncoderName;
  readonly ids: string;
}

const encoders: readonly TestedEncoder[] = [
  { name: "text_encoder", ids: "input_ids" },
  { name: "text_encoder_2", ids: "input_ids_2" },
];

export const kind: KindChecker = {
  kind: "lora",
  async check(testCase, dir) {
    const { model, lora: path, scale, inputs, file, outputs, atol } = testCase as unknown as LoraCase;
    const given = openGolden(dir, inputs);
    const tested = await Promise.all(
      encoders
        .filter(({ ids }) => given.hasInput(ids))
        .map(async ({ name, ids }) => ({
          name,
          ids: given.input(ids),
          encoder: await openTextEncoder(dir, model, name),
        })),
    );
    const unet = await openUNet(dir, model);
    const weights = {
      unet: unet.weights,
      ...Object.fromEntries(tested.map(({ name, encoder }) => [name, encoder.weights])),
    };
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

    const results: Record<string, Tensor> = {
      eps: await runUNet({
        unet,
        golden: given,
        prompt: given.input("encoder_hidden_states"),
        passes: [addLoras(loras, "unet")],
      }),
    };
    for (const { name, ids, encoder } of tested) {
      const [batch = 1, tokens = 1] = ids.shape;
      const textEmbeds = hasTextProjection(encoder.config);
      const built = buildTextEncoder({ ...encoder, batch, tokens, textEmbeds, hiddenStates: true });
      const { last_hidden_state, text_embeds, ...states } = await runOnce(
        addLoras(loras, name).run(built).model,
        { input_ids: ids },
      );
      results.text_last_hidden_state ??= last_hidden_state!;
      results[`${name}.penultimate`] = states[`hidden_states.${encoder.config.num_hidden_layers - 1}`]!;
      if (text_embeds) results.text_embeds = text_embeds;
    }
    const expected = openGolden(dir, file);
    for (const output of outputs) expected.compare(output, named(results, output), atol);
  },
};
