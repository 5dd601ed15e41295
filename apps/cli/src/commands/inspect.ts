import { usageError } from "@sunstep/command-line";
import type { Command } from "../command.js";
import { commonOptions } from "../options/options.js";
import { describeFile } from "../report/describe-file.js";

export const inspect: Command<typeof commonOptions> = {
  name: "inspect",
  usage: "inspect FILE...",
  summary: "describe a checkpoint, adapter, LoRA, .onnx or PNG without loading weights",
  options: commonOptions,
  async run({ values, positionals }, { console }) {
    if (positionals.length === 0) throw usageError("the file is missing: sunstep inspect FILE");
    for (const path of positionals) {
      const description = await describeFile(path);
      if (values.json) console.result(JSON.stringify({ path, ...description }));
      else for (const line of lines(path, description)) console.result(line);
    }
    return 0;
  },
};

function lines(path: string, { kind, ...details }: Readonly<Record<string, unknown>>): string[] {
  const rows = Object.entries(details).map(([key, value]) => `  ${key}: ${plain(value)}`);
  return [`${path}: ${plain(kind)}`, ...rows];
}

function plain(value: unknown): string {
  if (Array.isArray(value)) return value.map(plain).join(", ");
  if (typeof value !== "object" || value === null) return String(value).replaceAll("\n", "\n    ");
  return Object.entries(value)
    .map(([key, part]) => `${key} ${plain(part)}`)
    .join(", ");
}
