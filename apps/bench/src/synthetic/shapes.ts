// Names and shapes of every weight of the synthetic checkpoint.
import {
  expectedShapes,
  parseClipTextConfig,
  parseTaesdConfig,
  parseUNetConfig,
  parseVaeConfig,
  type Shapes,
} from "@sunstep/checkpoint";
import { taesdConfig, textEncoderConfig, unetConfig, vaeConfig, xlUnetConfig } from "./configs.js";

export const networkShapes = {
  unet: expectedShapes("unet", parseUNetConfig(unetConfig)),
  xlUnet: expectedShapes("unet", parseUNetConfig(xlUnetConfig)),
  textEncoder: expectedShapes("textEncoder", parseClipTextConfig(textEncoderConfig)),
  vae: expectedShapes("vae", parseVaeConfig(vaeConfig)),
  taesd: expectedShapes("taesd", parseTaesdConfig(taesdConfig)),
} satisfies Record<string, Shapes>;

/**
 * An add_pos adapter in the authors' keys, by default for SD1.5: `N.` counts the attention processors of a U-Net of
 * these shapes in diffusers' order: down, up, middle.
 */
export function sunShapes(
  unet: Shapes = networkShapes.unet,
  context: number = unetConfig.cross_attention_dim,
): Shapes {
  const order = ["down_blocks", "up_blocks", "mid_block"];
  const queries = Object.keys(unet).filter((name) => name.endsWith("attn2.to_q.weight"));
  const widths = order.flatMap((block) =>
    queries.filter((name) => name.startsWith(block)).map((name) => unet[name]![0]!),
  );
  const shapes: Record<string, readonly number[]> = {};
  for (const [i, width] of widths.entries()) {
    const processor = 2 * i + 1;
    for (const branch of ["neg", "extra_pos"]) {
      shapes[`${processor}.to_k_${branch}.weight`] = [width, context];
      shapes[`${processor}.to_v_${branch}.weight`] = [width, context];
      shapes[`${processor}.to_k_${branch}_alpha`] = [width];
      shapes[`${processor}.to_k_${branch}_beta`] = [width];
    }
  }
  return shapes;
}
