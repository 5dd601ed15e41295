import { existsSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { emojiTinyAutoencoderUrl } from "@sunstep/emoji-model";
import { embeddedModel, embeddedSun } from "./images/studio.js";

/** The held-out fine-tunes: folders of `--fine-tunes` by their names in the results. */
const FINE_TUNES = { openmoji: "emoji-openmoji", emojione: "emoji-emojione" } as const;

export interface Adapters {
  readonly sun?: string;
  /** A matched pair: adapters trained with and without the consistency loss. */
  readonly withMsc?: string;
  readonly withoutMsc?: string;
  readonly lcm?: string;
}

export interface EvaluateOptions {
  readonly prompts: number;
  /** Folder of the teacher. */
  readonly model: string;
  readonly adapters: Adapters;
  /** Folders by name; missing ones are left out. */
  readonly fineTunes: Readonly<Record<string, string>>;
  readonly lora?: string;
  /** Folder of a tiny autoencoder for the model's latents. */
  readonly tinyAutoencoder?: string;
  /** Folder of the contact sheets. */
  readonly out?: string;
  readonly cache: string;
  readonly json: boolean;
  readonly write: boolean;
  readonly speed: boolean;
  readonly only?: "speed";
  /** Networks that run at the same time, one thread each. */
  readonly workers: number;
  /** Requested or default files that are missing. */
  readonly missing: readonly string[];
}

const root = fileURLToPath(new URL("../../../", import.meta.url));
const own = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export const usage = `pnpm evaluate [--prompts N] [--json] [--out FOLDER] [--write] [--only speed | --no-speed]
  [--model FOLDER] [--adapter FILE] [--adapter-with-msc FILE] [--adapter-without-msc FILE] [--adapter-lcm FILE] [--lora FILE] [--tiny-autoencoder FOLDER] [--fine-tunes FOLDER]
  [--cache FOLDER] [--workers N]`;

export function parseOptions(args: readonly string[]): EvaluateOptions {
  const { values } = parseArgs({
    // pnpm hands a "--" on
    args: args.filter((arg) => arg !== "--"),
    options: {
      prompts: { type: "string", default: "512" },
      model: { type: "string", default: embeddedModel },
      adapter: { type: "string" },
      "adapter-with-msc": { type: "string" },
      "adapter-without-msc": { type: "string" },
      "adapter-lcm": { type: "string" },
      lora: { type: "string" },
      "tiny-autoencoder": { type: "string", default: fileURLToPath(emojiTinyAutoencoderUrl) },
      "fine-tunes": { type: "string", default: process.env.SUNSTEP_FINE_TUNES ?? "" },
      out: { type: "string" },
      cache: { type: "string", default: join(root, ".cache/evaluate") },
      json: { type: "boolean", default: false },
      write: { type: "boolean", default: false },
      "no-speed": { type: "boolean", default: false },
      only: { type: "string" },
      workers: { type: "string", default: "2" },
    },
  });
  const missing: string[] = [];
  const present = (path: string, what: string) => {
    if (existsSync(path)) return resolve(path);
    missing.push(`${what}: ${basename(path)} is not there`);
    return undefined;
  };
  const { only } = values;
  if (only !== undefined && only !== "speed")
    throw new RangeError(`--only ${only}: only speed can be measured alone`);
  const sun = present(values.adapter ?? embeddedSun, "SUN adapter");
  const withMsc = present(
    values["adapter-with-msc"] ?? own("adapters/with-msc.safetensors"),
    "adapter trained with MSC, to compare",
  );
  const withoutMsc = present(
    values["adapter-without-msc"] ?? own("adapters/without-msc.safetensors"),
    "adapter trained without MSC",
  );
  const lcm = present(values["adapter-lcm"] ?? own("adapters/lcm.safetensors"), "LCM-style adapter");
  const lora = present(values.lora ?? own("../lora/blueprint.safetensors"), "LoRA");
  const tinyAutoencoder = present(values["tiny-autoencoder"], "tiny autoencoder");
  const tuned = foundFineTunes(values["fine-tunes"]);
  missing.push(...tuned.missing);
  return {
    prompts: count(values.prompts, "--prompts"),
    model: values.model,
    adapters: {
      ...(sun && { sun }),
      ...(withMsc && { withMsc }),
      ...(withoutMsc && { withoutMsc }),
      ...(lcm && { lcm }),
    },
    fineTunes: tuned.found,
    ...(lora && { lora }),
    ...(tinyAutoencoder && { tinyAutoencoder }),
    ...(values.out !== undefined && { out: values.out }),
    cache: values.cache,
    json: values.json,
    write: values.write,
    speed: !values["no-speed"],
    ...(only && { only }),
    workers: count(values.workers, "--workers"),
    missing,
  };
}

/** The folders of fine-tunes that are there, by name, and those that are not. */
export function foundFineTunes(folder: string): {
  readonly found: Readonly<Record<string, string>>;
  readonly missing: readonly string[];
} {
  if (folder === "") {
    return { found: {}, missing: ["fine-tunes: no folder was given (--fine-tunes, SUNSTEP_FINE_TUNES)"] };
  }
  const all = Object.entries(FINE_TUNES).map(([name, model]) => ({ name, path: join(folder, model) }));
  const [there, missing] = [true, false].map((is) => all.filter(({ path }) => existsSync(path) === is));
  return {
    found: Object.fromEntries(there!.map(({ name, path }) => [name, resolve(path)])),
    missing: missing!.map(({ name, path }) => `fine-tune ${name}: ${basename(path)} is not there`),
  };
}

function count(text: string, option: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new RangeError(`${option} ${text}: must be a whole number from 1`);
  return value;
}
