import type { Adapter } from "./adapter.js";
import { type Conditioning, type InputShapes, shapesOf } from "./conditioning.js";

/** The adapters of one evaluation. */
export interface SwitchedAdapters {
  /** Those in the graph, on or off. */
  readonly adapters: readonly Adapter[];
  /** Shapes of all inputs, those of adapters that are off included. */
  readonly inputs: InputShapes;
  /** Names of the inputs that change at every step. */
  readonly varying: readonly string[];
  /** For each combination of adapters that are off, its name and the values of their inputs. */
  readonly variants: Readonly<Record<string, Conditioning>>;
  /** The variant of this evaluation, if any adapter is off. */
  readonly variant?: string;
}

/**
 * Decides which adapters an evaluation runs with. An adapter that can be switched off is on if the conditioning has all
 * its inputs. Otherwise it stays in the graph, off, unless another adapter has an input of the same name.
 */
export function switchAdapters(adapters: readonly Adapter[], given: InputShapes): SwitchedAdapters {
  const kept: Adapter[] = [];
  const switchable: { readonly key: string; readonly isOn: boolean; readonly off: Conditioning }[] = [];
  const varying: string[] = [];
  let inputs = given;
  for (const adapter of adapters) {
    const off = adapter.off?.(given);
    if (off) {
      const names = Object.keys(off);
      const isOn = names.every((name) => name in given);
      if (!isOn && names.some((name) => name in inputs)) continue;
      if (!isOn) inputs = { ...inputs, ...shapesOf(off) };
      if (adapter.varies) varying.push(...names);
      switchable.push({ key: adapter.key, isOn, off });
    }
    kept.push(adapter);
  }
  const variants = Object.fromEntries(
    subsets(switchable)
      .filter((subset) => subset.length > 0)
      .map((subset) => [variantName(subset), Object.assign({}, ...subset.map(({ off }) => off))]),
  );
  const isOff = switchable.filter(({ isOn }) => !isOn);
  return {
    adapters: kept,
    inputs,
    varying,
    variants,
    ...(isOff.length > 0 && { variant: variantName(isOff) }),
  };
}

function variantName(off: readonly { readonly key: string }[]): string {
  return `without ${off.map(({ key }) => key).join(", ")}`;
}

function subsets<T>([first, ...rest]: readonly T[]): T[][] {
  if (first === undefined) return [[]];
  const others = subsets(rest);
  return [...others, ...others.map((subset) => [first, ...subset])];
}
