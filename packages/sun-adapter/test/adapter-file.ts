// Adapters made up in memory: every number of a tensor is the same.
import { memorySource, openSafetensors, type SafetensorsFile } from "@sunstep/checkpoint";

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
  const header: Record<string, unknown> = {};
  const numbers: number[] = [];
  for (const [name, usual] of tensors) {
    const shape = shapes[name] ?? usual;
    const begin = numbers.length * 4;
    const count = shape.reduce((a, b) => a * b, 1);
    numbers.push(...Array.from({ length: count }, () => values[name] ?? 0.5));
    header[name] = { dtype: "F32", shape, data_offsets: [begin, numbers.length * 4] };
  }
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  const data = Buffer.from(Float32Array.from(numbers).buffer);
  return openSafetensors(
    memorySource(new Uint8Array(Buffer.concat([length, json, data])), "made-up.safetensors"),
  );
}
