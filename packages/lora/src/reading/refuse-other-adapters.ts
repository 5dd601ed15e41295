import { type FileKind, identify, identityName, type SafetensorsFile } from "@sunstep/checkpoint";
import { loraError } from "../errors.js";

/** Other kinds of adapters, by names of tensors that they put into the same kinds of file. */
const unsupported: readonly (readonly [RegExp, string])[] = [
  [/\.(oft|boft)_/, "OFT"],
  [/\.on_input$/, "IA3"],
  [/\.(lora_down|lora_A(\..+)?)\.bias$/, "LoRA with a bias between its factors"],
  [/\.lora_embedding_[AB]\b/, "LoRA of a table of embeddings"],
  [/\.bias_(indices|values|size)$/, "a LyCORIS extraction with sparse remainders"],
  [/\.(set_weight|reshape_weight)$/, "a patch of ComfyUI that replaces or reshapes weights"],
  [/\.(a[12]|b[12]|bm[12])\.weight$/, "GLoRA"],
  [/^(unet|text_encoder):\d+:(up|down)$/, "LoRA in the format of cloneofsimo/lora, which numbers its layers"],
];

/** Kinds of files that share no name with LoRAs; a file of unknown kind may be one. */
const LORA_KINDS: ReadonlySet<FileKind> = new Set(["lora", "unknown"]);

/** @throws SunstepError LORA_UNSUPPORTED */
export function refuseOtherAdapters(file: SafetensorsFile): void {
  const where = file.source.name;
  for (const name of file.tensors.keys()) {
    const adapter = unsupported.find(([pattern]) => pattern.test(name))?.[1];
    if (!adapter) continue;
    throw loraError(
      "LORA_UNSUPPORTED",
      `${where}: tensor ${name} belongs to ${adapter}, which is not supported; LoRA, LoCon, LoHa, LoKr, DoRA and ` +
        "differences of weights are",
      { file: where, tensor: name, adapter },
    );
  }
  const identity = identify(file);
  if (LORA_KINDS.has(identity.kind)) return;
  throw loraError(
    "LORA_UNSUPPORTED",
    `${where}: this is ${identityName(identity)}, not a LoRA. ${identity.advice}`,
    {
      file: where,
      kind: identity.kind,
    },
  );
}
