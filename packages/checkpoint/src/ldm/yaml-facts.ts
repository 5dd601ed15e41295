import type { PredictionType } from "../checkpoint.js";
import type { FileTree } from "../file-tree.js";

/** Facts in the YAML config that the original code, and AUTOMATIC1111's web UI, read beside a checkpoint. */
export interface YamlFacts {
  /** Name of the YAML file, where there is one. */
  readonly file?: string;
  readonly prediction?: PredictionType;
  readonly betas?: { readonly beta_start: number; readonly beta_end: number };
}

const MAX_BYTES = 1 << 20;

/** Reads NAME.yaml beside NAME.safetensors: only the few options that decide how a model is sampled. */
export async function readYamlFacts(beside: FileTree | undefined, checkpoint: string): Promise<YamlFacts> {
  const file = `${checkpoint.replace(/^.*[\\/]/, "").replace(/\.[^.]*$/, "")}.yaml`;
  const source = await beside?.open(file);
  if (!source || source.size > MAX_BYTES) return {};
  const text = new TextDecoder().decode(await source.read(0, source.size));
  const option = (name: string) =>
    new RegExp(`^[ \\t]*${name}[ \\t]*:[ \\t]*["']?([\\w.+-]+)`, "m").exec(text)?.[1];
  const parameterization = option("parameterization");
  const [start, end] = [Number(option("linear_start")), Number(option("linear_end"))];
  const usable = start > 0 && end > start && end < 1;
  return {
    file,
    ...(parameterization === "v" && { prediction: "v_prediction" }),
    ...(parameterization === "eps" && { prediction: "epsilon" }),
    ...(usable && { betas: { beta_start: start, beta_end: end } }),
  };
}
