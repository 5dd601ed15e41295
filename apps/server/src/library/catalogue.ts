// The lists of models that clients are shown: JSON, since workers send theirs through Redis.
// Types, not interfaces: an interface is not assignable to the type of JSON.
import { serverError } from "../errors.js";

export type ListedFile = {
  /** The file's name without ending, by which requests call it. */
  readonly name: string;
  /** The file's name. */
  readonly file: string;
};

export type ListedModel = ListedFile & {
  /** Changes when the file does: part of the key under which results are kept. */
  readonly revision: string;
};

export type Catalogue = {
  readonly models: readonly ListedModel[];
  readonly loras: readonly ListedFile[];
  readonly vaes: readonly ListedFile[];
  readonly embeddings: readonly ListedFile[];
  readonly controlnets: readonly ListedFile[];
};

/** Finds a model by a name that a client sent. @throws MODEL_UNKNOWN */
export function findModel({ models }: Pick<Catalogue, "models">, wanted: string): ListedModel {
  const model = findListed(models, wanted);
  if (model) return model;
  const known = models.map(({ name }) => name).join(", ");
  const message =
    known === ""
      ? "no model is served: the server's folder of models is empty, or none of its workers runs"
      : `model ${JSON.stringify(wanted)} is not served; there are ${known}`;
  throw serverError("MODEL_UNKNOWN", message, { wanted });
}

/** Adds up the lists of several workers. */
export function mergeCatalogues(catalogues: readonly Catalogue[]): Catalogue {
  const merged = <T extends ListedFile>(list: (one: Catalogue) => readonly T[]): T[] => [
    ...new Map(catalogues.flatMap(list).map((item) => [item.name, item])).values(),
  ];
  return {
    models: merged(({ models }) => models),
    loras: merged(({ loras }) => loras),
    vaes: merged(({ vaes }) => vaes),
    embeddings: merged(({ embeddings }) => embeddings),
    controlnets: merged(({ controlnets }) => controlnets),
  };
}

/** Finds a file by its name, with or without ending, or by AUTOMATIC1111's title, "name.safetensors [hash]". */
export function findListed<T extends ListedFile>(list: readonly T[], wanted: string): T | undefined {
  const plain = wanted.replace(/ \[[0-9a-f]*\]$/i, "");
  return list.find(({ name, file }) => plain === name || plain === file);
}
