import { readFile } from "node:fs/promises";
import { type OptionValues, readOptions, usageError } from "@sunstep/command-line";
import { SunstepError } from "@sunstep/errors";
import { checkValues } from "./options/check-values.js";
import { runOptions } from "./options/options.js";

/** One prompt with its options and its origin. */
export interface PromptLine {
  readonly prompt: string;
  readonly values: OptionValues<typeof runOptions>;
  /** "prompts.jsonl:3", for messages. */
  readonly where?: string;
}

/**
 * Reads JSON lines, each `{"prompt": …}` with its own options, and checks all of them.
 * @throws USAGE naming every invalid line
 */
export async function readPromptsFile(path: string): Promise<PromptLine[]> {
  const text = await (path === "-" ? readStandardInput() : readFile(path, "utf8")).catch((error: Error) => {
    throw usageError(`--prompts ${path} cannot be read: ${error.message}`);
  });
  const lines: PromptLine[] = [];
  const problems: string[] = [];
  for (const [index, line] of text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .entries()) {
    if (line.trim() === "") continue;
    const where = `${path === "-" ? "line " : `${path}:`}${index + 1}`;
    try {
      lines.push({ ...readLine(line), where });
    } catch (error) {
      problems.push(
        `${where}: ${SunstepError.isInstance(error) ? error.message : "it is not a JSON object"}`,
      );
    }
  }
  if (problems.length > 0) throw usageError(problems.join("; "));
  if (lines.length === 0) throw usageError(`--prompts ${path}: it contains no prompts`);
  return lines;
}

function readLine(line: string): PromptLine {
  const json: unknown = JSON.parse(line);
  if (typeof json !== "object" || json === null || Array.isArray(json))
    throw usageError("it is not a JSON object");
  const { prompt, ...options } = json as Record<string, unknown>;
  if (typeof prompt !== "string") throw usageError('it has no "prompt"');
  const values = readOptions(runOptions, options);
  checkValues(values);
  return { prompt, values };
}

async function readStandardInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
