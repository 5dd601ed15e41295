// Names of tensors in the files of TAESD's authors (madebyollin/taesd, taesd.py) and in ComfyUI's, as diffusers has them.
// The authors' decoder begins with a clamp without weights, which diffusers does not count.

import type { Rename } from "../collect-weights.js";
import type { TensorEntry } from "../safetensors/header.js";
import type { SafetensorsFile } from "../safetensors/open.js";

export type TaesdHalf = "encoder" | "decoder";

const wholeName = /^(?:taesd_)?(encoder|decoder)\.(layers\.)?(\d+)\.(.+)$/;
const halfName = /^(\d+)\.(.+)$/;

/** Returns the half that a file of numbered layers holds: a decoder's layer 0 is the clamp. */
export function halfOf({ tensors }: SafetensorsFile): TaesdHalf {
  return tensors.has("0.weight") ? "encoder" : "decoder";
}

/** Returns the rule for the names of a file that holds `half`, where the names do not say it themselves. */
export function taesdNames(half: TaesdHalf): Rename {
  return ({ name }: TensorEntry) => {
    const [, named, layers, index, rest] = wholeName.exec(name) ?? [];
    if (named) return [{ name: layers ? `${named}.layers.${index}.${rest}` : layer(named, index!, rest!) }];
    const [, number, parameter] = halfName.exec(name) ?? [];
    return number === undefined ? undefined : [{ name: layer(half, number, parameter!) }];
  };
}

function layer(half: string, index: string, parameter: string): string {
  return `${half}.layers.${Number(index) - (half === "decoder" ? 1 : 0)}.${parameter}`;
}
