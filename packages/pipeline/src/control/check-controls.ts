import { perBlock, type UNetConfig } from "@sunstep/checkpoint";
import { pipelineError } from "../errors.js";
import type { Request } from "../request/request.js";
import type { ResolvedControl } from "./control.js";

/** Facts of a U-Net and a ControlNet that must agree for the residuals to fit. */
const facts: readonly (readonly [name: string, of: (config: UNetConfig) => string])[] = [
  ["widths", ({ block_out_channels }) => block_out_channels.join()],
  [
    "layers",
    ({ block_out_channels, layers_per_block }) =>
      block_out_channels.map((_, block) => perBlock(layers_per_block, block)).join(),
  ],
  ["channels of encoded prompts", ({ cross_attention_dim }) => String(cross_attention_dim)],
  ["added conditioning", ({ addition_embed_type }) => String(addition_embed_type)],
];

/**
 * Checks that the ControlNets of a request belong to models of the same kind as the U-Net.
 * @throws PIPELINE_CONTROL
 */
export function checkControls({ controls = [] }: Pick<Request, "controls">, unet: UNetConfig): void {
  for (const control of controls) checkControl(control, unet);
}

function checkControl({ controlnet, name }: ResolvedControl, unet: UNetConfig): void {
  for (const [fact, of] of facts) {
    const [own, wanted] = [of(controlnet.config), of(unet)];
    if (own === wanted) continue;
    throw pipelineError(
      "PIPELINE_CONTROL",
      `the ControlNet ${name} is for another kind of model: its ${fact} are ${own}, the U-Net's ${wanted}`,
      { name, fact, own, wanted },
    );
  }
}
