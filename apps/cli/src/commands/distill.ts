import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { openSafetensors, vaeScaleFactor } from "@sunstep/checkpoint";
import { fileSource, folderTree } from "@sunstep/checkpoint/node";
import { formatBytes, type OptionValues, usageError } from "@sunstep/command-line";
import {
  type DistillOptions,
  openTrainingData,
  parsePromptList,
  promptData,
  type RecipeInput,
  type TrainedModel,
  distill as train,
} from "@sunstep/distillation";
import { runFolder } from "@sunstep/distillation/node";
import { SunstepError } from "@sunstep/errors";
import { writeWhole } from "@sunstep/files/node";
import { readSunAdapter } from "@sunstep/sun-adapter";
import type { Command, CommandContext } from "../command.js";
import { openTrainingModel } from "../open-training-model.js";
import { checkPrediction } from "../options/check-values.js";
import { distillOptions } from "../options/options.js";
import { showTraining } from "../report/show-training.js";

type DistillValues = OptionValues<typeof distillOptions>;

export const distill: Command<typeof distillOptions> = {
  name: "distill",
  usage: "distill --data FOLDER --out FILE",
  summary: "train a SUN adapter for a model: four steps, no guidance, with negative prompts",
  options: distillOptions,
  details: [
    "Ctrl-C writes a checkpoint and stops; --resume continues with the losses of an uninterrupted run. The adapter of the",
    "newest checkpoint lies beside the checkpoints, ready for --sun.",
    "",
    "latents.safetensors holds `latents` [images, channels, height, width], scaled; line i of captions.jsonl belongs to",
    'image i: {"captions": ["a red apple"], "negatives": ["red"], "weight": 1}. For recipes see the README of',
    "@sunstep/distillation.",
  ],
  async run({ values, positionals }, context) {
    const out = checkDistillValues(values, positionals);
    const recipe = await readRecipe(values);
    const start = values.start === undefined ? undefined : await readAdapter(values.start);
    context.endsByItself();
    context.console.progress(`loading ${values.model ?? "emoji"}`);
    const model = await openTrainingModel(values, context);
    try {
      const data = await openData(values, model);
      const { adapter, steps } = await train(
        trainingOptions(values, out, { model, data, recipe, ...(start && { start }) }, context),
      );
      await writeWhole(out, adapter);
      context.console.result(
        values.json
          ? JSON.stringify({ type: "done", path: out, steps, bytes: adapter.length })
          : `${out}  ${steps} steps, ${formatBytes(adapter.length)}`,
      );
      return 0;
    } catch (error) {
      if (SunstepError.isInstance(error, "ABORTED")) context.console.note(error.message);
      throw error;
    } finally {
      await model.runtime.dispose();
    }
  },
};

/** Checks the combination of options and returns the file to write. @throws USAGE */
function checkDistillValues(values: DistillValues, positionals: readonly string[]): string {
  checkPrediction(values);
  const { data, prompts, out, steps, time, size, memory, previews } = values;
  const dataFree = values["data-free"] ?? false;
  if (positionals.length > 0)
    throw usageError(`${JSON.stringify(positionals[0])}: distill accepts options only`);
  if (out === undefined)
    throw usageError("--out is missing: name the adapter to write, as in --out adapter.safetensors");
  if (extname(out) !== ".safetensors") throw usageError(`--out ${out}: end its name in .safetensors`);
  if (steps !== undefined && time !== undefined) throw usageError("--steps and --time: give one of them");
  if (!dataFree && prompts !== undefined) throw usageError("--prompts goes with --data-free");
  if (memory !== undefined && previews !== undefined)
    throw usageError(
      "--memory and --previews: give one of them, since previews load the model a second time",
    );
  if (size !== undefined && prompts === undefined) throw usageError("--size goes with --prompts");
  if (!dataFree && data === undefined)
    throw usageError("--data is missing; without data use --data-free --prompts FILE");
  if (dataFree && (data === undefined) === (prompts === undefined))
    throw usageError("--data-free takes its prompts from --prompts or from --data: give one of them");
  return out;
}

/** @throws USAGE where the file cannot be read or is not JSON */
async function readRecipe({ config, steps }: DistillValues): Promise<RecipeInput> {
  const recipe = config === undefined ? {} : parseJson(await readText("config", config), config);
  return { ...recipe, ...(steps !== undefined && { steps }) };
}

async function readAdapter(path: string) {
  return readSunAdapter(await openSafetensors(await fileSource(path)));
}

function parseJson(text: string, file: string): RecipeInput {
  try {
    // `distill` validates the fields and names the invalid one.
    return JSON.parse(text) as RecipeInput;
  } catch (error) {
    throw usageError(`--config ${file}: it is not valid JSON: ${(error as Error).message}`);
  }
}

async function readText(option: string, file: string): Promise<string> {
  return readFile(file, "utf8").catch((error: Error) => {
    throw usageError(`--${option} ${file} cannot be read: ${error.message}`);
  });
}

async function openData(values: DistillValues, { unet, vae }: TrainedModel): Promise<DistillOptions["data"]> {
  const { data, prompts, size } = values;
  if (prompts !== undefined) {
    const { sample_size, in_channels } = unet.config;
    const [height = 64, width = height] =
      typeof sample_size === "number" ? [sample_size] : (sample_size ?? []);
    const entries = parsePromptList(await readText("prompts", prompts), prompts);
    const side = (pixels: number | undefined, latents: number) =>
      pixels === undefined ? latents : pixels / vaeScaleFactor(vae.config);
    return promptData(entries, [in_channels, side(size?.height, height), side(size?.width, width)], prompts);
  }
  const trainingData = await openTrainingData(folderTree(data!));
  return values["data-free"]
    ? promptData(trainingData.entries, trainingData.shape, trainingData.name)
    : trainingData;
}

function trainingOptions(
  values: DistillValues,
  out: string,
  given: Pick<DistillOptions, "model" | "data" | "start"> & { readonly recipe: RecipeInput },
  { console, signal }: CommandContext,
): DistillOptions {
  const { seed = 0n, time, resume, previews, memory } = values;
  const everySeconds = values["checkpoint-every"];
  return {
    ...given,
    seed: Number(seed),
    signal,
    onProgress: showTraining(console, values.json ?? false),
    checkpoints: {
      folder: runFolder(values.checkpoints ?? `${out}.checkpoints`),
      ...(resume && { resume }),
      ...(everySeconds !== undefined && { everySeconds }),
    },
    ...(memory !== undefined && { memoryLimit: memory }),
    ...(time !== undefined && { seconds: time }),
    ...(previews !== undefined && { previews: { folder: runFolder(previews) } }),
  };
}
