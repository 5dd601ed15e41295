import type { ByteSource } from "@sunstep/files";
import { type CollectedWeights, collectWeights } from "../collect-weights.js";
import { parseTaesdConfig, type TaesdConfig } from "../config/taesd.js";
import type { OpenedComponent } from "../diffusers/component.js";
import { checkpointError } from "../errors.js";
import type { FileTree } from "../file-tree.js";
import { fitWeights } from "../fit-weights.js";
import { identify, identityName } from "../identify.js";
import { openSafetensors, type SafetensorsFile } from "../safetensors/open.js";
import { weightsOf } from "../weights.js";
import { deriveTaesdConfig } from "./derive-config.js";
import { halfOf, taesdNames } from "./names.js";

/** The weights of a tiny autoencoder, whole or a half of it. */
interface TaesdPart extends CollectedWeights {
  readonly where: string;
  readonly hasDecoder: boolean;
}

/** Opens a file with both halves, or with the decoder; an encoder needs the decoder beside it, whose name differs in that word. */
export async function openTaesdFile(
  source: ByteSource,
  beside: FileTree | undefined,
): Promise<OpenedComponent<TaesdConfig>> {
  const part = partOf(await openSafetensors(source));
  if (part.hasDecoder) return joined([part]);
  const name = source.name.split(/[/\\]/).at(-1)!.replace("encoder", "decoder");
  const other = name === source.name ? undefined : await beside?.open(name);
  const decoder = other && partOf(await openSafetensors(other));
  if (decoder?.hasDecoder) return joined([part, decoder]);
  throw checkpointError(
    "CHECKPOINT_COMPONENT_MISSING",
    `${source.name}: this is the encoder of a tiny autoencoder (TAESD) alone. Give its decoder, most likely ${name}`,
    { file: source.name, component: "decoder" },
  );
}

/** Opens the halves in a folder without config.json, or its only file. */
export async function openTaesdFolder(files: FileTree): Promise<OpenedComponent<TaesdConfig>> {
  const paths = (await files.list()).filter((path) => /^[^/]+\.safetensors$/.test(path));
  const opened = await Promise.all(
    paths.map(async (path) => openSafetensors((await files.open(path))!).catch(() => undefined)),
  );
  const parts = opened.flatMap((file) => (file && identify(file).kind === "taesd" ? [partOf(file)] : []));
  const decoders = parts.filter(({ hasDecoder }) => hasDecoder);
  if (decoders.length === 1 && parts.length <= 2) return joined(parts);
  throw checkpointError(
    "CHECKPOINT_FILE_MISSING",
    `${files.name ?? "the folder"}: it has no config.json, and ${decoders.length} decoders of tiny autoencoders (TAESD)` +
      (paths.length > 0 ? `. Give one of its files: ${paths.slice(0, 5).join(", ")}` : ""),
    { file: "config.json", files: paths },
  );
}

function partOf(file: SafetensorsFile): TaesdPart {
  const identity = identify(file);
  const where = file.source.name;
  if (identity.kind !== "taesd") {
    throw checkpointError(
      "CHECKPOINT_COMPONENT_MISSING",
      `${where}: this is ${identityName(identity)}, not a tiny autoencoder (TAESD). ${identity.advice}`,
      { file: where, kind: identity.kind, component: "taesd" },
    );
  }
  const collected = collectWeights([file], taesdNames(halfOf(file)));
  const hasDecoder = [...collected.table.keys()].some((name) => name.startsWith("decoder."));
  return { ...collected, where, hasDecoder };
}

function joined(parts: readonly TaesdPart[]): OpenedComponent<TaesdConfig> {
  const where = parts.map((part) => part.where).join(", ");
  const table = new Map(parts.flatMap((part) => [...part.table]));
  const unknown = parts.flatMap((part) => part.unknown);
  const derived = deriveTaesdConfig(weightsOf(table, where));
  const config = parseTaesdConfig({ ...derived }, `${where} (config of its layers)`);
  return { config, ...fitWeights("taesd", config, { table, unknown }, where) };
}
