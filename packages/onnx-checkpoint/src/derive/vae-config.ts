import { type Architecture, parseVaeConfig, type VaeConfig } from "@sunstep/checkpoint";
import { type Model, numberAttribute } from "@sunstep/onnx-graph";
import { factsOf } from "./graph-facts.js";

/** Factors of latents in the configs of published models, which no graph tells. */
const scalingFactors = { sd: 0.18215, sdxl: 0.13025 } as const;

/** Derives a VAE's config from the graph of its decoder, for folders of diffusers, which have none. */
export function deriveVaeConfig(model: Model, file: string, architecture: Architecture): VaeConfig {
  const facts = factsOf(model);
  const convs = facts.of("Conv");
  const norms = facts.of("GroupNormalization");
  const latents = facts.shape(model.graph.inputs[0]?.name)[1]!;
  const heights = [...new Set(norms.map(facts.height))].sort((a, b) => a - b);
  const at = (height: number | undefined) =>
    norms.filter((norm) => facts.isActivated(norm) && facts.height(norm) === height);
  const widths = heights.map((height) => facts.channels(at(height).at(-1)!));
  const attends = facts.of("Attention").length > 0;
  // The innermost level has the two residual blocks of the middle block too, the outermost the last norm.
  const outermost = (at(heights.at(-1)).length - 1) / 2 - (heights.length === 1 ? 2 : 0);
  const first = facts.shape(convs[0]?.inputs[1]);
  const isPointwise = first[2] === 1 && first[0] === latents;
  return parseVaeConfig(
    {
      _class_name: "AutoencoderKL",
      in_channels: facts.channels(convs.at(-1)!),
      out_channels: facts.channels(convs.at(-1)!),
      latent_channels: latents,
      block_out_channels: widths.toReversed(),
      down_block_types: widths.map(() => "DownEncoderBlock2D"),
      up_block_types: widths.map(() => "UpDecoderBlock2D"),
      layers_per_block: outermost - 1,
      norm_num_groups: numberAttribute(norms[0]!.attributes, "num_groups", 32),
      mid_block_add_attention: attends,
      use_quant_conv: isPointwise,
      use_post_quant_conv: isPointwise,
      scaling_factor: architecture === "sdxl" ? scalingFactors.sdxl : scalingFactors.sd,
    },
    `${file} (derived config)`,
  );
}
