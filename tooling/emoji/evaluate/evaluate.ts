import { writeFile } from "node:fs/promises";
import type { Context } from "./claims/context.js";
import { ALL, CEILING, ESSENTIAL, FLOOR, type ModelSets, modelSets, SUN, TINY } from "./claims/model-sets.js";
import { measureSpeed } from "./claims/speed.js";
import { styleLora } from "./claims/style-lora.js";
import { tinyAutoencoder } from "./claims/tiny-autoencoder.js";
import { withGallery } from "./images/open-gallery.js";
import { compareSets } from "./measures/compare-sets.js";
import type { EvaluateOptions } from "./options.js";
import { describeMachine } from "./report/machine.js";
import { type Details, type Results, summarise } from "./report/results.js";
import { smallModelSheet, writeLoraSheet, writeModelSheet } from "./report/sheets.js";
import { docs } from "./report/write-docs.js";

/** Measures everything for which the options provide files. */
export async function evaluate(options: EvaluateOptions, log: (line: string) => void): Promise<Results> {
  const { adapters, lora, model, only, out, prompts } = options;
  const files = { model, ...(options.tinyAutoencoder && { tinyAutoencoder: options.tinyAutoencoder }) };
  const speed =
    options.speed && adapters.sun ? await measureSpeed({ ...files, adapter: adapters.sun }) : undefined;
  const common = {
    machine: describeMachine(),
    command: `pnpm evaluate --prompts ${prompts}`,
    leftOut: [...options.missing, ...(options.speed ? [] : ["speed: --no-speed"])],
    ...(speed && { speed }),
  };
  if (only === "speed") return results(prompts, { ...common, models: {} });

  return withGallery({ ...options, log }, async ({ gallery, features, runtimes }) => {
    const context: Context = { gallery, runtimes, prompts };
    const compare = ({ reference, sets }: ModelSets) =>
      compareSets(reference, sets, { floor: FLOOR, ceiling: CEILING });
    const base = await modelSets(context, "base", files, adapters, ALL);
    const models: Record<string, Details["models"][string]> = { base: await compare(base) };
    if (out !== undefined) await writeModelSheet(out, "base", base);
    if (options.write) await writeFile(docs("few-steps.png"), await smallModelSheet(base));
    const { [SUN]: byVae, [TINY]: byTiny } = base.sets;
    const tiny = byVae && byTiny && { tinyAutoencoder: await tinyAutoencoder(byVae, byTiny) };
    for (const [name, fineTune] of Object.entries(options.fineTunes)) {
      const sets = await modelSets(context, name, { model: fineTune }, adapters, ESSENTIAL);
      models[name] = await compare(sets);
      if (out !== undefined) await writeModelSheet(out, name, sets);
    }
    const found = { ...common, features: features.ImageNet.network, models, ...tiny };
    if (!adapters.sun || lora === undefined) return results(prompts, found);

    const { guidedSet, sunSet, ...style } = await styleLora(
      context,
      { model, adapter: adapters.sun, lora },
      base,
    );
    if (out !== undefined) await writeLoraSheet(out, base, guidedSet, sunSet);
    return results(prompts, { ...found, lora: style });
  });
}

const results = (prompts: number, details: Details): Results => ({ ...summarise(prompts, details), details });
