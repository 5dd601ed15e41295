import { extname } from "node:path";
import { type OptionValues, usageError } from "@sunstep/command-line";
import { checkControls } from "./control-option.js";
import { readNegativeMethod } from "./negative-method.js";
import type { runOptions } from "./options.js";
import { isFolder } from "./output-path.js";
import { readVaeTiling } from "./vae-tiling.js";

/** Rejects, before a model is loaded, values that would fail only after an image was made. @throws USAGE */
export function checkValues(values: OptionValues<typeof runOptions>): void {
  const { count, decoder, out, random, "negative-method": method, "vae-tiling": tiling } = values;
  if (count !== undefined && count < 1) throw usageError(`count ${count}: it must be at least 1`);
  if (random !== undefined && random !== "cpu" && random !== "cuda") {
    throw usageError(`random ${JSON.stringify(random)}: it must be cpu or cuda`);
  }
  if (decoder !== undefined && decoder !== "vae" && decoder !== "taesd") {
    throw usageError(`decoder ${JSON.stringify(decoder)}: it must be vae or taesd`);
  }
  if (method !== undefined) readNegativeMethod(method);
  if (tiling !== undefined) readVaeTiling(tiling);
  if (out !== undefined && !isFolder(out) && extname(out).toLowerCase() !== ".png") {
    throw usageError(
      `out ${JSON.stringify(out)}: images are PNG files; end the name in .png, or a folder's in /`,
    );
  }
  checkControls(values);
}

const predictions = ["epsilon", "v_prediction", "sample"];

/** @throws USAGE */
export function checkPrediction({ prediction }: { readonly prediction?: string }): void {
  if (prediction === undefined || predictions.includes(prediction)) return;
  throw usageError(`prediction ${JSON.stringify(prediction)}: it must be ${predictions.join(" or ")}`);
}
