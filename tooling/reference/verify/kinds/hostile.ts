// Corrupt and malicious files. "refuse": a typed error; "load": it loads; "either": one of both. Anything else fails.
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import {
  checkFinite,
  type FileTree,
  openCheckpoint,
  openEmbedding,
  openSafetensors,
  openShards,
  parseClipTextConfig,
  parseJsonObject,
  parseTaesdConfig,
  parseUNetConfig,
  parseVaeConfig,
  readWeight,
} from "@sunstep/checkpoint";
import { fileSource, folderTree } from "@sunstep/checkpoint/node";
import { SunstepError } from "@sunstep/errors";
import { decodeImage } from "@sunstep/image";
import { addLoras, readLora } from "@sunstep/lora";
import { buildUNet } from "@sunstep/networks";
import { type Model, readOnnx } from "@sunstep/onnx-graph";
import { addSunAdapter, readSunAdapter } from "@sunstep/sun-adapter";
import type { KindChecker } from "@sunstep/testing";
import { createTokenizer } from "@sunstep/tokenizer";
import { openTextEncoder, openUNet } from "../models.js";

interface HostileCase {
  readonly file: string;
  readonly loader: string;
  readonly outcome: "refuse" | "load" | "either";
  readonly expect: string;
}

/** Opens `path` as the kind it claims to be; `dir` is the reference set, with the models that adapters apply to. */
type Loader = (path: string, dir: string) => Promise<unknown>;

const MAX_SECONDS = 20;

const loaders: Readonly<Record<string, Loader>> = {
  checkpoint: async (path) => {
    const { weights } = await openSafetensors(await fileSource(path));
    for (const name of weights.names()) await readWeight(weights.get(name));
    await checkFinite(weights);
  },
  config: async (path) => {
    const json = parseJsonObject(await readFile(path), basename(path));
    const parse = configParsers[String(json._class_name)] ?? parseUNetConfig;
    parse(json, basename(path));
  },
  "model-folder": async (path, dir) => {
    const whole = folderTree(join(dir, await modelOf(dir)));
    const index = await fileSource(path);
    const files: FileTree = {
      list: () => whole.list(),
      open: async (name) => (name === "model_index.json" ? index : whole.open(name)),
    };
    await openCheckpoint(files);
  },
  shards: async (path) => openShards(folderTree(dirname(path)), "", await fileSource(path)),
  lora: async (path, dir) => {
    const model = await modelOf(dir);
    const unet = await openUNet(dir, model);
    const { weights } = await openTextEncoder(dir, model);
    const file = await openSafetensors(await fileSource(path));
    const lora = await readLora(file, { unet: unet.weights, text_encoder: weights });
    if (lora.unknown.length > 0 && lora.warnings.length === 0)
      throw new Error("unknown modules without a warning");
    addLoras([{ lora, scale: 1 }], "unet").run(await graphOf(dir));
  },
  "sun-adapter": async (path, dir) => {
    const adapter = readSunAdapter(await openSafetensors(await fileSource(path)));
    addSunAdapter(adapter).run(await graphOf(dir));
  },
  "sun-into-onnx": async (path, dir) => {
    const good = (await casesOf(dir)).find(({ adapter }) => typeof adapter === "string");
    if (!good) throw new Error("the set has no SUN adapter to put on the graph");
    const adapter = readSunAdapter(await openSafetensors(await fileSource(join(dir, String(good.adapter)))));
    addSunAdapter(adapter).run(await onnx(path));
  },
  onnx,
  tokenizer: async (path, dir) => {
    const folder = join(dir, await modelOf(dir), "tokenizer");
    const files = {
      vocab: await readFile(join(folder, "vocab.json"), "utf8"),
      merges: await readFile(join(folder, "merges.txt"), "utf8"),
    };
    const kind = path.endsWith(".json") ? "vocab" : "merges";
    createTokenizer({ ...files, [kind]: await readFile(path, "utf8") });
  },
  embedding: async (path) => openEmbedding(await fileSource(path)),
  image: async (path) => decodeImage(await readFile(path)),
};

const configParsers: Readonly<
  Record<string, (json: ReturnType<typeof parseJsonObject>, file: string) => unknown>
> = {
  AutoencoderKL: parseVaeConfig,
  AutoencoderTiny: parseTaesdConfig,
  CLIPTextModel: parseClipTextConfig,
};

async function onnx(path: string): Promise<Model> {
  const files = folderTree(dirname(path));
  return readOnnx(await readFile(path), { file: basename(path), open: (name) => files.open(name) });
}

async function casesOf(dir: string): Promise<readonly Record<string, unknown>[]> {
  const { cases } = JSON.parse(await readFile(join(dir, "cases.json"), "utf8"));
  return cases;
}

/** Opens the model that the set's LoRAs and adapters apply to, or the first complete model. */
async function modelOf(dir: string): Promise<string> {
  const named = (await casesOf(dir)).find(({ kind, model }) => kind === "lora" && typeof model === "string");
  if (named) return String(named.model);
  const whole = (await readdir(dir)).sort().find((name) => existsSync(join(dir, name, "model_index.json")));
  if (!whole) throw new Error(`${dir} has no model to load the file into`);
  return whole;
}

async function graphOf(dir: string): Promise<Model> {
  const unet = await openUNet(dir, await modelOf(dir));
  return buildUNet({ ...unet, batch: 1, height: 8, width: 8, tokens: 77 });
}

/** Returns the error of a loader, or undefined if it loaded. */
async function errorOf(load: Promise<unknown>): Promise<unknown> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`still loading after ${MAX_SECONDS} s`)), 1000 * MAX_SECONDS);
  });
  try {
    await Promise.race([load, late]);
    return undefined;
  } catch (error) {
    return error;
  } finally {
    clearTimeout(timer);
  }
}

/** Checks that an error is typed, and names the file or value at fault. */
function checkError(error: unknown, file: string): void {
  if (!SunstepError.isInstance(error))
    throw new Error(
      `ended in an error that is not typed: ${error instanceof Error ? error.stack : String(error)}`,
    );
  const namesValue = Object.keys(error.details).length > 0 || /\d/.test(error.message);
  const named = error.message.includes(basename(file)) || namesValue;
  if (!named) throw new Error(`the error names neither file nor value: ${error.message}`);
}

function checkNoHarm(): void {
  if (existsSync("PICKLE_WAS_EXECUTED")) throw new Error("a pickle was executed");
  const added = Object.keys(Object.prototype);
  if (added.length > 0) throw new Error(`Object.prototype was given ${added.join(", ")}`);
}

export const kind: KindChecker = {
  kind: "hostile",
  async check(testCase, dir) {
    const { file, loader, outcome, expect } = testCase as unknown as HostileCase;
    const load = loaders[loader];
    if (!load) throw new Error(`there is no loader ${loader}`);
    const error = await errorOf(load(join(dir, file), dir));
    if (error !== undefined) checkError(error, file);
    checkNoHarm();
    if (outcome === "refuse" && error === undefined)
      throw new Error(`was loaded, should be refused (${expect})`);
    if (outcome === "load" && error !== undefined)
      throw new Error(`was refused, should load: ${(error as Error).message}`);
  },
};
