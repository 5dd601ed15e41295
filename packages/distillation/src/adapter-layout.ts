import type { Component, UNetConfig } from "@sunstep/checkpoint";
import { buildUNet } from "@sunstep/networks";
import { findCrossAttentions, sunTensorNames } from "@sunstep/sun-adapter";
import { elementCount } from "@sunstep/tensor";

export type AdapterVariant = "plain" | "add_pos";

/** One weight of an adapter that is being trained. */
export interface AdapterTensor {
  /** Its name in the authors' format: "1.to_k_neg.weight". */
  readonly name: string;
  readonly shape: readonly number[];
  /** Of its first element in the vector that holds all weights. */
  readonly offset: number;
  readonly role: "key" | "value" | "alpha" | "beta";
  /** The cross-attention it belongs to, by diffusers' module path: "mid_block.attentions.0.transformer_blocks.0.attn2". */
  readonly module: string;
}

/** Which weights an adapter for this U-Net has, and where each lies in one flat vector. */
export function adapterLayout(
  unet: Component<UNetConfig>,
  variant: AdapterVariant,
): readonly AdapterTensor[] {
  const size = 2 ** (unet.config.down_block_types.length - 1);
  const { graph } = buildUNet({ ...unet, batch: 1, height: size, width: size, tokens: 1 });
  const branches = variant === "add_pos" ? (["neg", "extra_pos"] as const) : (["neg"] as const);
  let offset = 0;
  return findCrossAttentions(graph, "encoder_hidden_states").flatMap(({ node, channels }, i) =>
    branches.flatMap((branch) =>
      Object.entries(sunTensorNames(branch)).map(([role, name]) => {
        const matrix = role === "key" || role === "value";
        const shape = matrix ? [channels, unet.config.cross_attention_dim] : [channels];
        const tensor: AdapterTensor = {
          name: `${2 * i + 1}.${name}`,
          shape,
          offset,
          role: role as AdapterTensor["role"],
          module: node.name.replace(/\/[^/]*$/, ""),
        };
        offset += elementCount(shape);
        return tensor;
      }),
    ),
  );
}

/** Length of the vector that a layout describes. */
export function layoutLength(layout: readonly AdapterTensor[]): number {
  const last = layout.at(-1);
  return last ? last.offset + elementCount(last.shape) : 0;
}

/** The weights of a flat vector, as views, for `writeSunAdapter`. */
export function adapterTensors(layout: readonly AdapterTensor[], flat: Float32Array) {
  return layout.map(({ name, shape, offset }) => ({
    name,
    shape,
    data: flat.subarray(offset, offset + elementCount(shape)),
  }));
}
