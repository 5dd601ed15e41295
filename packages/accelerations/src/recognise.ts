import type { Architecture, SafetensorsFile } from "@sunstep/checkpoint";
import { identify } from "@sunstep/checkpoint";
import type { FewStepMethod, MethodForm, MethodSettings, ModelConfigs } from "./methods/method.js";
import { fewStepMethods } from "./methods/table.js";
import { plainName, publishedNames } from "./published-names.js";

/** A method with the settings of one of its files. */
export interface RecognisedMethod {
  readonly method: FewStepMethod;
  readonly settings: MethodSettings;
  /** How it was recognised. A model's own config is sure; names and layers may mislead. */
  readonly by: "name" | "title" | "layers" | "config";
}

/** A file of one kind, and what it was given as. */
export interface MethodFile {
  readonly file: SafetensorsFile;
  /** A path, URL or hub id. */
  readonly source: string;
  /** The model's that it is for, if known. */
  readonly architecture?: Architecture;
}

/** Recognises a few-step method's LoRA, model or differences of weights. Reads names only. */
export function recogniseFile({ file, source, architecture }: MethodFile): RecognisedMethod | undefined {
  const forms = formsOf(file);
  const own = architecture ?? architectureOf(file);
  return (
    byName(publishedNames(source), forms, own, "name") ??
    byName(titlesOf(file), forms, own, "title") ??
    byLayers(file, forms, own)
  );
}

/** A model as it was opened. */
export interface MethodModel extends ModelConfigs {
  /** The path, URL or hub id that it was given as. */
  readonly source: string;
  readonly architecture: Architecture;
}

/** Recognises a model that was distilled to few steps: by its name, else by its own configs. */
export function recogniseModel({
  source,
  architecture,
  ...configs
}: MethodModel): RecognisedMethod | undefined {
  const named = byName(publishedNames(source), ["model"], architecture, "name");
  if (named) return named;
  const method = fewStepMethods.find((one) => one.form === "model" && one.fitsModel?.(configs));
  return method && { method, settings: method.settings({ architecture }), by: "config" };
}

function byName(
  names: readonly string[],
  forms: readonly MethodForm[],
  architecture: Architecture | undefined,
  by: "name" | "title",
): RecognisedMethod | undefined {
  for (const method of fewStepMethods) {
    if (!forms.includes(method.form)) continue;
    for (const pattern of method.fileNames) {
      const match = names.map((name) => pattern.exec(name)).find((found) => found);
      if (!match) continue;
      const { steps } = match.groups ?? {};
      const variant = { architecture, ...(steps !== undefined && { steps: Number(steps) }) };
      return { method, settings: method.settings(variant), by };
    }
  }
  return undefined;
}

function byLayers(
  file: SafetensorsFile,
  forms: readonly MethodForm[],
  architecture: Architecture | undefined,
): RecognisedMethod | undefined {
  const method = fewStepMethods.find((one) => forms.includes(one.form) && one.fits?.(file));
  return method && { method, settings: method.settings({ architecture }), by: "layers" };
}

function formsOf(file: SafetensorsFile): readonly MethodForm[] {
  const { kind } = identify(file);
  if (kind === "lora") return ["lora"];
  if (kind === "unet") return ["difference", "model"];
  return kind === "checkpoint" ? ["model"] : [];
}

function architectureOf(file: SafetensorsFile): Architecture | undefined {
  const { architecture } = identify(file);
  return architecture === "sd1" || architecture === "sd2" || architecture === "sdxl"
    ? architecture
    : undefined;
}

/** Titles that trainers and converters write. */
function titlesOf({ metadata }: SafetensorsFile): readonly string[] {
  return [metadata["modelspec.title"], metadata.ss_output_name].flatMap((title) =>
    title === undefined ? [] : [plainName(title)],
  );
}
