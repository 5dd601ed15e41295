// Cuts the repository's share of negative prompts in attention: NAG of the first reference set, which has guided cases, NASA
// and VSF of the second one, whose model of Stable Diffusion XL is here. Run it after models.mjs and sdxl.mjs.
// node tooling/reference/cut/negative.mjs REFERENCE_DIR REFERENCE2_DIR

import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { addCases, casesOf } from "./case-index.mjs";
import { cutSafetensors } from "./safetensors.mjs";

const [first, second] = process.argv.slice(2);
if (!second) throw new Error("usage: negative.mjs REFERENCE_DIR REFERENCE2_DIR");
const target = fileURLToPath(new URL("../fixtures", import.meta.url));

/** Copies inputs and outputs of cases, without the values of single layers, and returns the cases. */
function cut(source, kind, ids) {
  const kept = casesOf(source, kind).filter(({ id }) => ids.includes(id));
  for (const { file } of kept) {
    mkdirSync(dirname(join(target, file)), { recursive: true });
    cutSafetensors(join(source, file), join(target, file), (name) => !name.startsWith("layer."));
  }
  return kept;
}

addCases(target, [
  ...cut(first, "nag", ["nag/unet_cfg_5_2.5_0.25.safetensors", "nag/unet_nocfg_2_2.2_0.7.safetensors"]),
  ...cut(second, "negative", ["negative/nasa_xl.safetensors", "negative/vsf_xl.safetensors"]),
]);
