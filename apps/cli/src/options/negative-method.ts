import { usageError } from "@sunstep/command-line";
import type { NegativeOption } from "sunstep";

/**
 * Reads `--negative-method`: a name, or a method with parameters, as nag:scale=3,sigma-end=4.
 * @throws USAGE
 */
export function readNegativeMethod(text: string): NegativeOption {
  const [method = "", ...rest] = text.split(":");
  if (rest.length === 0) return method;
  const parameters = rest.join(":").split(",").map(readParameter);
  if (method !== "" && parameters.every((one) => one !== undefined))
    return { method, ...Object.fromEntries(parameters) } as NegativeOption;
  throw usageError(
    `negative-method ${JSON.stringify(text)}: it must be a name, or a method and its parameters, as in nag:scale=3,alpha=0.5,sigma-end=4`,
  );
}

function readParameter(text: string): readonly [name: string, value: number] | undefined {
  const [, name, value] = /^([a-z]+(?:-[a-z]+)*)=(-?(?:\d+\.?\d*|\.\d+))$/.exec(text.trim()) ?? [];
  if (name === undefined) return undefined;
  return [name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase()), Number(value)];
}
