import { blobTree, checkGraphConfigs, diffusersLayout } from "@sunstep/checkpoint";
import { configPaths, selectFiles } from "../select-files.js";

const { graphs } = diffusersLayout;

/**
 * Files of weights beside a graph, by the names that exporters give them: optimum, torch.onnx's exporter of programs,
 * diffusers. The graph tells others, which would need its contents here.
 */
const WEIGHTS = [`${graphs.file}_data`, `${graphs.file}.data`, "weights.pb"];

/** Fetches a file of the folder; undefined if it is not there. */
type FetchIfThere = (file: string) => Promise<Blob | undefined>;

/**
 * Fetches a folder of ONNX graphs from a server that lists no files. Configs come first, and none of them is required.
 * @throws MODEL_FILE_NOT_FOUND, CHECKPOINT_…
 */
export async function fetchGraphs(name: string, fetchOne: FetchIfThere): Promise<Record<string, Blob>> {
  const fetchAll = async (files: readonly string[]): Promise<Record<string, Blob>> => {
    const fetched = await Promise.all(files.map(async (file) => [file, await fetchOne(file)] as const));
    return Object.fromEntries(fetched.filter((entry): entry is [string, Blob] => entry[1] !== undefined));
  };
  const small = await fetchAll(configPaths);
  await checkGraphConfigs({ ...blobTree(small), name });
  const models = await fetchAll(graphs.folders.map((folder) => `${folder}/${graphs.file}`));
  // Refuses a folder that lacks a graph.
  selectFiles(Object.keys(models), name);
  const beside = Object.keys(models).flatMap((file) =>
    WEIGHTS.map((weights) => file.replace(graphs.file, weights)),
  );
  return { ...small, ...models, ...(await fetchAll(beside)) };
}
