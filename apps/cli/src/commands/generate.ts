import { type OptionValues, showError, usageError } from "@sunstep/command-line";
import {
  type AttentionMode,
  type DtypeChoice,
  listSchedulers,
  type NodeDevice,
  type PredictionType,
  StableDiffusion,
} from "sunstep";
import type { Command, CommandContext } from "../command.js";
import { accelerationToLoad } from "../options/acceleration-option.js";
import { checkPrediction, checkValues } from "../options/check-values.js";
import { generateOptions } from "../options/options.js";
import { isFolder } from "../options/output-path.js";
import { sunToLoad } from "../options/sun-options.js";
import { type PromptLine, readPromptsFile } from "../prompts-file.js";
import { paintLine } from "../report/paint-line.js";
import { showDownload } from "../report/show-progress.js";

type GenerateValues = OptionValues<typeof generateOptions>;

export const generate: Command<typeof generateOptions> = {
  name: "generate",
  usage: "generate PROMPT [options]",
  summary: "make images; the word generate is optional",
  options: generateOptions,
  details: [
    "Images are PNG files that contain their prompt and settings. A default name never overwrites a file; a name given",
    "with --out does. Image k of --count (from 0) has seed + k, so that --seed can reproduce it alone.",
    "",
    "The strength of a LoRA follows its name, as in style.safetensors:0.8. With --lora-dir a prompt names LoRAs itself, as",
    "in AUTOMATIC1111: <lora:style:0.8>, or <lora:style:1:0.5> for 1 in the text encoder and 0.5 in the U-Net.",
    "",
    "--embedding teaches prompts and negative prompts a word: the file's name, the word that a file of diffusers tells, or",
    "WORD. It is written as it is, or as embedding:WORD.",
    "",
    "--acceleration takes the file of a few-step method (LCM-LoRA, Hyper-SD, TCD, PCM, Lightning, DMD2), whose settings follow",
    "from its published name, as `sunstep inspect FILE` tells; METHOD alone sets a model that has the method's weights.",
    "",
    "--control takes the control image as the ControlNet was trained on it: edges, a depth map, a pose. SCALE:START:END also",
    "limits it to a part of the steps, as in canny.safetensors=edges.png:0.8:0:0.5.",
    "",
    "--prompts: the options of a line override those of the command. All lines are checked before the first image is",
    "made; a line that fails later is reported, the others continue, and the exit code is 1.",
  ],
  async run({ values, positionals }, context) {
    if (values.scheduler === "list") {
      for (const name of listSchedulers()) context.console.result(name);
      return 0;
    }
    const lines = await promptLines(values, positionals);
    const started = performance.now();
    context.console.progress(`loading ${values.model ?? "emoji"}`);
    const model = await load(values, context);
    try {
      for (const { message } of model.warnings) context.console.note(`warning: ${message}`);
      return await paintAll(model, lines, performance.now() - started, values.json ?? false, context);
    } finally {
      // After Ctrl-C the process ends without waiting for the network.
      if (!context.signal.aborted) await model.dispose();
    }
  },
};

async function promptLines(values: GenerateValues, positionals: readonly string[]): Promise<PromptLine[]> {
  const { prompts, out } = values;
  checkValues(values);
  checkPrediction(values);
  if (prompts === undefined) {
    if (positionals.length === 0) throw usageError('the prompt is missing: sunstep generate "a red apple"');
    return [{ prompt: positionals.join(" "), values: withDecoder(values) }];
  }
  if (positionals.length > 0)
    throw usageError(`--prompts and the prompt ${JSON.stringify(positionals[0])}: give one of them`);
  if (out !== undefined && !isFolder(out))
    throw usageError(`--out ${out}: with --prompts it must be a folder; end it in /`);
  const lines = await readPromptsFile(prompts);
  return lines.map((line) => ({ ...line, values: { ...withDecoder(values), ...line.values } }));
}

/** Selects the tiny autoencoder if one is given. */
function withDecoder(values: GenerateValues): GenerateValues {
  return values.taesd === undefined ? values : { decoder: "taesd", ...values };
}

function load(values: GenerateValues, { console, signal }: CommandContext): Promise<StableDiffusion> {
  const { model, lora = [], embedding = [], vae, prediction, taesd, ...machine } = values;
  const { "lora-dir": loraFolder, "embedding-dir": embeddingFolder } = values;
  const { device, dtype, attention, threads, revision, offline, "no-cache": noCache } = machine;
  return StableDiffusion.fromPretrained(model, {
    signal,
    onProgress: showDownload(console),
    loras: lora.map(parseLora),
    embeddings: embedding.map(parseEmbedding),
    ...sunToLoad(values),
    ...accelerationToLoad(values),
    ...(loraFolder !== undefined && { loraFolder }),
    ...(embeddingFolder !== undefined && { embeddingFolder }),
    ...(vae !== undefined && { vae }),
    // Its value was checked.
    ...(prediction !== undefined && { predictionType: prediction as PredictionType }),
    ...(taesd !== undefined && { taesd }),
    // The backend validates the name and lists the devices.
    ...(device !== undefined && { device: device as NodeDevice }),
    // The pipeline validates the names.
    ...(dtype !== undefined && { dtype: dtype as DtypeChoice }),
    ...(attention !== undefined && { attention: attention as AttentionMode }),
    ...(threads !== undefined && { threads }),
    ...(revision !== undefined && { revision }),
    ...(offline && { offline }),
    ...(noCache && { cache: false }),
  });
}

/** Splits "style.safetensors:0.8" into path and scale. */
export function parseLora(text: string): { path: string; scale: number } {
  const [, path = text, scale = "1"] = /^(.+):([-+]?(?:\d+\.?\d*|\.\d+))$/.exec(text) ?? [];
  return { path, scale: Number(scale) };
}

/** Splits "EasyNegative.safetensors=easy" into path and word. */
function parseEmbedding(text: string): { path: string; name?: string } {
  const [, path = text, name] = /^(.+?\.\w+)=(.+)$/.exec(text) ?? [];
  return name === undefined ? { path } : { path, name };
}

async function paintAll(
  model: StableDiffusion,
  lines: readonly PromptLine[],
  loadTime: number,
  json: boolean,
  context: CommandContext,
): Promise<number> {
  let failed = 0;
  for (const [index, line] of lines.entries()) {
    try {
      await paintLine(model, line, { json, loadTime: index === 0 ? loadTime : 0, ...context });
    } catch (error) {
      if (line.where === undefined || context.signal.aborted) throw error;
      failed++;
      showError(context.console, error, { json, where: line.where });
    }
  }
  return failed === 0 ? 0 : 1;
}
