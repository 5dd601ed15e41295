import { formatBytes, formatTable, usageError } from "@sunstep/command-line";
import { listCached, removeModel } from "@sunstep/model-registry/node";
import { listModels } from "sunstep";
import type { Command } from "../command.js";
import { commonOptions } from "../options/options.js";

export const models: Command<typeof commonOptions> = {
  name: "models",
  usage: "models [rm NAME...]",
  summary: "list the built-in names and the downloaded models; rm deletes downloads",
  options: commonOptions,
  async run({ values, positionals: [action, ...names] }, { console }) {
    if (action === undefined) {
      for (const line of values.json ? await jsonLines() : await tableLines()) console.result(line);
      return 0;
    }
    if (action !== "rm" || names.length === 0)
      throw usageError("call it as sunstep models, or as sunstep models rm NAME");
    for (const name of names) {
      const freed = await removeModel(sourceOf(name));
      console.result(
        values.json
          ? JSON.stringify({ removed: name, bytes: freed })
          : `removed ${name}, ${formatBytes(freed)}`,
      );
    }
    return 0;
  },
};

/** Resolves a built-in name to its repository, by which the cache is keyed. */
function sourceOf(name: string): string {
  return listModels().find((entry) => entry.name === name)?.source ?? name;
}

async function withCached() {
  const cached = await listCached();
  const named = listModels().map((entry) => {
    // The source "owner/name:file" belongs to the repository owner/name.
    const copy = cached.find(({ id }) => entry.source === id || entry.source.startsWith(`${id}:`));
    return { ...entry, copy };
  });
  const others = cached.filter((copy) => !named.some((entry) => entry.copy === copy));
  return { named, others };
}

async function jsonLines(): Promise<string[]> {
  const { named, others } = await withCached();
  return [
    ...named.map(({ copy, ...entry }) => JSON.stringify({ ...entry, bytes: copy?.size ?? 0 })),
    ...others.map(({ id, size, path }) => JSON.stringify({ name: id, source: id, path, bytes: size })),
  ];
}

async function tableLines(): Promise<string[]> {
  const { named, others } = await withCached();
  const rows = named.map(({ name, kind, license, description, copy, megabytes }) => [
    name,
    kind,
    license,
    name === "emoji" ? "embedded" : copy ? formatBytes(copy.size) : "",
    megabytes === undefined ? description : `${description} (${megabytes} MB)`,
  ]);
  const lines = formatTable([["NAME", "KIND", "LICENCE", "ON DISK", "DESCRIPTION"], ...rows]);
  if (others.length === 0) return lines;
  return [
    ...lines,
    "",
    "Also downloaded:",
    ...formatTable(others.map(({ id, size }) => [id, formatBytes(size)])),
  ];
}
