import { type Conditioning, type InputShapes, shapesOf } from "../prompts/conditioning.js";
import type { Adapter } from "./adapter.js";

/** The adapters of one evaluation. */
export interface SwitchedAdapters {
  /** Those in the graph, on or off. */
  readonly adapters: readonly Adapter[];
  /** Shapes of all inputs, those of adapters that are off included. */
  readonly inputs: InputShapes;
  /** Names of the inputs that change at every step. */
  readonly varying: readonly string[];
  /** For each combination of adapters that are off, its name and the values of inputs that it binds. */
  readonly variants: Readonly<Record<string, Conditioning>>;
  /** The variant of this evaluation, if it binds inputs. */
  readonly variant?: string;
}

/** An adapter that can be off, with the values that bind its inputs. */
interface Switch {
  readonly key: string;
  readonly isOn: boolean;
  readonly off: Conditioning;
  readonly on: Conditioning;
}

/**
 * Decides which adapters an evaluation runs with. An adapter that can be switched off is on if the conditioning has all
 * its inputs. Otherwise it stays in the graph, off, unless another adapter has an input of the same name.
 * @param given shapes of the inputs of this evaluation
 * @param known shapes that other evaluations of the run have
 */
export function switchAdapters(
  adapters: readonly Adapter[],
  given: InputShapes,
  known: InputShapes = {},
): SwitchedAdapters {
  const kept: Adapter[] = [];
  const switches: Switch[] = [];
  const varying: string[] = [];
  let inputs = given;
  for (const adapter of adapters) {
    const off = adapter.off?.({ ...known, ...given });
    if (off) {
      const on = adapter.on?.() ?? {};
      const names = Object.keys(off);
      const fed = names.filter((name) => !Object.hasOwn(on, name));
      const isOn = fed.every((name) => name in given);
      if (!isOn && names.some((name) => name in inputs)) continue;
      inputs = { ...inputs, ...shapesOf(isOn ? on : off) };
      if (adapter.varies) varying.push(...names);
      switches.push({ key: adapter.key, isOn, off, on });
    }
    kept.push(adapter);
  }
  const variants = subsets(switches).map((off): [string, Conditioning] => [
    variantName(off),
    Object.assign({}, ...switches.map((one) => (off.includes(one) ? one.off : one.on))),
  ]);
  const binding = Object.fromEntries(variants.filter(([, bound]) => Object.keys(bound).length > 0));
  const variant = variantName(switches.filter(({ isOn }) => !isOn));
  return {
    adapters: kept,
    inputs,
    varying,
    variants: binding,
    ...(Object.hasOwn(binding, variant) && { variant }),
  };
}

function variantName(off: readonly Switch[]): string {
  return off.length === 0 ? "with all adapters" : `without ${off.map(({ key }) => key).join(", ")}`;
}

function subsets<T>([first, ...rest]: readonly T[]): T[][] {
  if (first === undefined) return [[]];
  const others = subsets(rest);
  return [...others, ...others.map((subset) => [first, ...subset])];
}
