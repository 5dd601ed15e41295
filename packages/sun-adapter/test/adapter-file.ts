// Adapters made up in memory: every number of a tensor is the same.
import { memorySource, openSafetensors, type SafetensorsFile, writeSafetensors } from "@sunstep/checkpoint";
import { elementCount, tensor } from "@sunstep/tensor";

export interface MadeUpLayer {
  readonly index: number;
  readonly channels: number;
  readonly context: number;
  readonly addPos?: boolean;
}

/** Shapes by tensor name, then values by tensor name; whatever is not given is 0.5. */
export async function adapterFile(
  layers: readonly MadeUpLayer[],
  shapes: Readonly<Record<string, readonly number[]>> = {},
  values: Readonly<Record<string, number>> = {},
): Promise<SafetensorsFile> {
  const tensors = layers.flatMap(({ index, channels, context, addPos }) =>
    (addPos ? ["neg", "extra_pos"] : ["neg"]).flatMap((branch): [string, readonly number[]][] => [
      [`${index}.to_k_${branch}.weight`, [channels, context]],
      [`${index}.to_v_${branch}.weight`, [channels, context]],
      [`${index}.to_k_${branch}_alpha`, [channels]],
      [`${index}.to_k_${branch}_beta`, [channels]],
    ]),
  );
  const filled = tensors.map(([name, usual]) => {
    const shape = shapes[name] ?? usual;
    return [name, tensor(new Float32Array(elementCount(shape)).fill(values[name] ?? 0.5), shape)] as const;
  });
  return openSafetensors(memorySource(writeSafetensors(Object.fromEntries(filled)), "made-up.safetensors"));
}
