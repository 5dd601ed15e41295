import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { type FromPretrainedOptions, listModels } from "sunstep";
import { serverError } from "../errors.js";
import type { Catalogue, ListedFile, ListedModel } from "./catalogue.js";

/** Where the files are that the server may read; requests name what is listed in them. */
export interface LibraryPaths {
  /** Names, files, folders, URLs and hub ids. */
  readonly models: readonly string[];
  /** A folder of .safetensors files and of diffusers folders. */
  readonly modelFolder?: string | undefined;
  readonly loraFolder?: string | undefined;
  readonly vaeFolder?: string | undefined;
}

export interface Library {
  /** As it was last read. */
  readonly catalogue: Catalogue;
  /** Reads the folders anew. */
  refresh(): Promise<void>;
  /** Returns the source of a listed model for `fromPretrained`. @throws MODEL_UNKNOWN */
  model(name: string): string;
  /** Returns the path of a listed VAE. @throws VAE_UNKNOWN */
  vae(name: string): string;
  readonly loraFolder: FromPretrainedOptions["loraFolder"];
}

/** Reads the lists of files. */
export async function openLibrary(paths: LibraryPaths): Promise<Library> {
  let lists = await readLists(paths);
  const find = (list: "models" | "vaes", code: "MODEL_UNKNOWN" | "VAE_UNKNOWN", name: string): string => {
    const found = lists[list].get(name);
    if (found) return found.source;
    const known = [...lists[list].keys()].join(", ") || "none";
    throw serverError(code, `${JSON.stringify(name)} is not served here; there are ${known}`, { name });
  };
  return {
    get catalogue() {
      const { models, vaes, loras } = lists;
      return {
        models: [...models.values()].map(({ source: _, ...model }) => model),
        loras,
        vaes: [...vaes.values()].map(({ source }) => listed(source)),
      };
    },
    async refresh() {
      lists = await readLists(paths);
    },
    model: (name) => find("models", "MODEL_UNKNOWN", name),
    vae: (name) => find("vaes", "VAE_UNKNOWN", name),
    loraFolder: paths.loraFolder,
  };
}

interface Lists {
  readonly models: ReadonlyMap<string, Sourced>;
  readonly vaes: ReadonlyMap<string, { readonly source: string }>;
  readonly loras: readonly ListedFile[];
}

async function readLists({ models, modelFolder, loraFolder, vaeFolder }: LibraryPaths): Promise<Lists> {
  const given = await Promise.all(models.map(listGiven));
  return {
    models: new Map([...given, ...(await modelsIn(modelFolder))]),
    vaes: new Map((await safetensorsIn(vaeFolder)).map((source) => [stem(source), { source }])),
    loras: (await safetensorsIn(loraFolder)).map(listed),
  };
}

type Sourced = ListedModel & { readonly source: string };

const stem = (path: string) => basename(path).replace(/\.safetensors$/i, "");
const listed = (path: string): ListedFile => ({ name: stem(path), file: basename(path) });

/** A model that was named on the command line: its own name is the one that it is served by. */
async function listGiven(source: string): Promise<[string, Sourced]> {
  const isBuiltIn = listModels().some(({ name }) => name === source);
  const info = isBuiltIn ? undefined : await stat(source).catch(() => undefined);
  const { name, file } = info ? listed(source) : { name: source, file: source };
  return [name, { name, file, source, revision: info ? revisionOf(info) : "" }];
}

async function modelsIn(folder: string | undefined): Promise<[string, Sourced][]> {
  const files = await safetensorsIn(folder);
  const folders = (await entriesOf(folder)).filter((entry) => entry.isDirectory());
  const diffusers = [];
  for (const { name } of folders) {
    const path = join(folder ?? "", name);
    if (await stat(join(path, "model_index.json")).catch(() => undefined)) diffusers.push(path);
  }
  return Promise.all(
    [...files, ...diffusers].map(async (source): Promise<[string, Sourced]> => {
      const model = { ...listed(source), source, revision: revisionOf(await stat(source)) };
      return [model.name, model];
    }),
  );
}

async function safetensorsIn(folder: string | undefined): Promise<string[]> {
  return (await entriesOf(folder))
    .filter((entry) => !entry.isDirectory() && /\.safetensors$/i.test(entry.name))
    .map(({ name }) => join(folder ?? "", name))
    .sort();
}

async function entriesOf(folder: string | undefined) {
  return folder === undefined ? [] : readdir(folder, { withFileTypes: true });
}

const revisionOf = ({ size, mtimeMs }: { readonly size: number; readonly mtimeMs: number }) =>
  `${size}-${Math.round(mtimeMs)}`;
