import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { type FromPretrainedOptions, listModels } from "sunstep";
import { serverError } from "../errors.js";
import type { Catalogue, ListedFile, ListedModel } from "./catalogue.js";
import { checkSource } from "./check-source.js";

/** Where the files are that the server may read; requests name what is listed in them. */
export interface LibraryPaths {
  /** Names, files, folders, URLs and hub ids. */
  readonly models: readonly string[];
  /** A folder of .safetensors files and of diffusers folders. */
  readonly modelFolder?: string | undefined;
  readonly loraFolder?: string | undefined;
  readonly embeddingFolder?: string | undefined;
  /** Folders of .safetensors files and of diffusers folders. */
  readonly vaeFolder?: string | undefined;
  readonly controlnetFolder?: string | undefined;
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
  /** Returns the path of a listed ControlNet. @throws CONTROLNET_UNKNOWN */
  controlnet(name: string): string;
  /** The folders of files that prompts name. */
  readonly folders: Pick<FromPretrainedOptions, "loraFolder" | "embeddingFolder">;
}

/**
 * Reads the lists of files.
 * @throws FOLDER_UNREADABLE, and as `checkSource` for a model that is named
 */
export async function openLibrary(paths: LibraryPaths): Promise<Library> {
  let lists = await readLists(paths);
  const find = <List extends keyof typeof unknown>(list: List, name: string): string => {
    const found = lists[list].get(name);
    if (found) return found.source;
    const known = [...lists[list].keys()].join(", ") || "none";
    throw serverError(unknown[list], `${JSON.stringify(name)} is not served here; there are ${known}`, {
      name,
    });
  };
  return {
    get catalogue() {
      const { models, vaes, loras, embeddings, controlnets } = lists;
      return {
        models: [...models.values()].map(({ source: _, ...model }) => model),
        loras,
        embeddings,
        vaes: [...vaes.values()].map(({ source }) => listed(source)),
        controlnets: [...controlnets.values()].map(({ source }) => listed(source)),
      };
    },
    async refresh() {
      lists = await readLists(paths);
    },
    model: (name) => find("models", name),
    vae: (name) => find("vaes", name),
    controlnet: (name) => find("controlnets", name),
    folders: {
      ...(paths.loraFolder !== undefined && { loraFolder: paths.loraFolder }),
      ...(paths.embeddingFolder !== undefined && { embeddingFolder: paths.embeddingFolder }),
    },
  };
}

/** Codes of errors by the list that lacks a name. */
const unknown = {
  models: "MODEL_UNKNOWN",
  vaes: "VAE_UNKNOWN",
  controlnets: "CONTROLNET_UNKNOWN",
} as const;

interface Lists {
  readonly models: ReadonlyMap<string, Sourced>;
  readonly vaes: ReadonlyMap<string, { readonly source: string }>;
  readonly controlnets: ReadonlyMap<string, { readonly source: string }>;
  readonly loras: readonly ListedFile[];
  readonly embeddings: readonly ListedFile[];
}

async function readLists(paths: LibraryPaths): Promise<Lists> {
  const { models, modelFolder, loraFolder, vaeFolder, embeddingFolder, controlnetFolder } = paths;
  const given = await Promise.all(models.map(listGiven));
  return {
    models: new Map([...given, ...(await modelsIn(modelFolder, "model_index.json"))]),
    vaes: new Map(await modelsIn(vaeFolder, "config.json")),
    controlnets: new Map(await modelsIn(controlnetFolder, "config.json")),
    loras: (await safetensorsIn(loraFolder)).map(listed),
    embeddings: (await safetensorsIn(embeddingFolder)).map(listed),
  };
}

type Sourced = ListedModel & { readonly source: string };

const stem = (path: string) => basename(path).replace(/\.safetensors$/i, "");
const listed = (path: string): ListedFile => ({ name: stem(path), file: basename(path) });

/** A model that was named on the command line: its own name is the one that it is served by. */
async function listGiven(source: string): Promise<[string, Sourced]> {
  const isBuiltIn = listModels().some(({ name }) => name === source);
  const info = isBuiltIn ? undefined : await stat(source).catch(() => undefined);
  await checkSource(source);
  const { name, file } = info ? listed(source) : { name: source, file: source };
  return [name, { name, file, source, revision: info ? revisionOf(info) : "" }];
}

/** The files in a folder, and the folders that have the file `index`. */
async function modelsIn(folder: string | undefined, index: string): Promise<[string, Sourced][]> {
  const entries = await entriesOf(folder);
  const models: [string, Sourced][] = [];
  for (const { path, info } of entries) {
    const described = info.isDirectory() ? await stat(join(path, index)).catch(() => undefined) : info;
    if (!described || !(info.isDirectory() || isSafetensors(path))) continue;
    const model = { ...listed(path), source: path, revision: revisionOf(described) };
    models.push([model.name, model]);
  }
  return models;
}

const isSafetensors = (path: string) => /\.safetensors$/i.test(path);

async function safetensorsIn(folder: string | undefined): Promise<string[]> {
  return (await entriesOf(folder))
    .filter(({ path, info }) => info.isFile() && isSafetensors(path))
    .map(({ path }) => path);
}

/** The files and folders in a folder, links followed. */
async function entriesOf(folder: string | undefined) {
  if (folder === undefined) return [];
  const names = await readdir(folder).catch((cause: Error) => {
    throw serverError("FOLDER_UNREADABLE", `folder ${folder} cannot be read: ${cause.message}`, {
      folder,
      cause,
    });
  });
  const entries = await Promise.all(
    names.sort().map(async (name) => {
      const path = join(folder, name);
      const info = await stat(path).catch(() => undefined);
      return info && { path, info };
    }),
  );
  return entries.filter((entry) => entry !== undefined);
}

const revisionOf = ({ size, mtimeMs }: { readonly size: number; readonly mtimeMs: number }) =>
  `${size}-${Math.round(mtimeMs)}`;
