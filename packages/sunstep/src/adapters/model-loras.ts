import type { SunstepWarning } from "@sunstep/errors";
import type { Lora } from "@sunstep/lora";
import type { Adapter, NamedEmbedding } from "@sunstep/pipeline";
import { sunstepError } from "../errors.js";
import type { NamedScale } from "../parameters/parameters-text.js";
import { knownAdapter } from "./known-adapter.js";
import type { LoraFolder } from "./lora-folder.js";
import { type OpenedAcceleration, recognisedAcceleration } from "./open-acceleration.js";
import { type LoraTag, noLoraFolder } from "./prompt-loras.js";

interface LoadedLora extends NamedScale {
  readonly lora: Lora;
}

/** The LoRAs of one call. */
export interface AppliedLoras {
  readonly adapters: readonly Adapter[];
  /** Those that no tag of the prompt names. */
  readonly untagged: readonly NamedScale[];
  /** Textual inversions that come in their files. */
  readonly embeddings: readonly NamedEmbedding[];
  readonly warnings: readonly SunstepWarning[];
  /** The few-step methods that LoRAs of the folder are recognised as. */
  readonly recognised: readonly OpenedAcceleration[];
}

/** The LoRAs of a model: those that stay loaded, and those of a folder that prompts may name. */
export class ModelLoras {
  readonly #loaded = new Map<string, LoadedLora>();
  readonly #folder: LoraFolder | undefined;

  constructor(folder: LoraFolder | undefined) {
    this.#folder = folder;
  }

  get names(): readonly NamedScale[] {
    return [...this.#loaded.values()].map(({ lora: _, ...named }) => named);
  }

  get warnings(): readonly SunstepWarning[] {
    return [...this.#loaded.values()].flatMap(({ lora }) => lora.warnings);
  }

  /** Adds a LoRA, or replaces the one of the same name. */
  add(named: NamedScale, lora: Lora): void {
    this.#loaded.set(named.name, { ...named, lora });
  }

  /** @throws ADAPTER_UNKNOWN */
  scale(named: NamedScale): void {
    this.add(named, knownAdapter(this.#loaded, named.name).lora);
  }

  /** @throws ADAPTER_UNKNOWN */
  remove(name: string): void {
    knownAdapter(this.#loaded, name);
    this.#loaded.delete(name);
  }

  /**
   * Returns the LoRAs of a call whose prompts have these tags. A tag of a loaded LoRA's name sets its scale; other names
   * are those of the folder.
   * @throws SunstepError PROMPT_LORA_UNKNOWN, PROMPT_LORA_AMBIGUOUS, LORA_…, CHECKPOINT_…
   */
  async apply(tags: readonly LoraTag[]): Promise<AppliedLoras> {
    const tagged: LoadedLora[] = [];
    const warnings: SunstepWarning[] = [];
    const methods: OpenedAcceleration[] = [];
    for (const tag of tags) {
      const { name, unetScale, textEncoderScale } = tag;
      const loaded = this.#loaded.get(name)?.lora;
      const { lora, recognised } = loaded ? { lora: loaded } : ((await this.#folder?.open(name)) ?? {});
      if (!lora) warnings.push(noLoraFolder(tag));
      else {
        if (!loaded) warnings.push(...lora.warnings);
        if (recognised) methods.push(recognisedAcceleration(recognised, name));
        tagged.push({ ...namedScale(name, unetScale, textEncoderScale), lora });
      }
    }
    const rest = [...this.#loaded.values()].filter(({ name }) => !tagged.some((one) => one.name === name));
    const applied = [...rest, ...tagged];
    return {
      adapters: await adaptersOf(applied),
      embeddings: applied.flatMap(({ lora }) => lora.embeddings ?? []),
      untagged: rest.map(({ lora: _, ...named }) => named),
      warnings,
      recognised: methods,
    };
  }
}

async function adaptersOf(loras: readonly LoadedLora[]): Promise<readonly Adapter[]> {
  if (loras.length === 0) return [];
  const { loraAdapter } = await import("./lora-code.js");
  return loras.map(loraAdapter);
}

/** @throws ADAPTER_SCALE */
export function namedScale(name: string, scale: number, textEncoderScale = scale): NamedScale {
  for (const value of [scale, textEncoderScale]) {
    if (Number.isFinite(value)) continue;
    throw sunstepError("ADAPTER_SCALE", `scale ${value} of ${name}: it must be a number`, {
      name,
      scale: value,
    });
  }
  return textEncoderScale === scale ? { name, scale } : { name, scale, textEncoderScale };
}
