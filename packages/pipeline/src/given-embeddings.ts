import type { Conditioning } from "./conditioning.js";
import { pipelineError } from "./errors.js";
import type { Request } from "./request.js";

type Embeddings = Pick<Request, "promptEmbeds" | "negativePromptEmbeds">;

/**
 * Checks the encoded prompts of a request: they are three-dimensional, as wide as the U-Net's cross-attention, and as
 * many on both sides.
 * @throws PIPELINE_EMBEDDINGS
 */
export function checkEmbeddings(request: Embeddings & Pick<Request, "prompts">, width: number): void {
  const { promptEmbeds, negativePromptEmbeds, prompts } = request;
  const count = promptEmbeds?.shape[0] ?? prompts.length;
  for (const [option, embeds] of Object.entries({ promptEmbeds, negativePromptEmbeds })) {
    if (!embeds) continue;
    const { shape } = embeds;
    if (shape.length === 3 && shape[0] === count && shape[1]! > 0 && shape[2] === width) continue;
    throw pipelineError(
      "PIPELINE_EMBEDDINGS",
      `${option} has shape [${shape.join(", ")}]; the model takes [${count} prompts, tokens, ${width}]`,
      { option },
    );
  }
}

/**
 * Checks that a guided prompt and its negative prompt can be evaluated by one network.
 * @throws PIPELINE_EMBEDDINGS
 */
export function checkSameShapes(positive: Conditioning, negative: Conditioning): void {
  for (const [name, { shape }] of Object.entries(positive)) {
    const other = negative[name]?.shape ?? [];
    if (shape.join() === other.join()) continue;
    throw pipelineError(
      "PIPELINE_EMBEDDINGS",
      `the negative prompt is encoded as [${other.join(", ")}], the prompt as [${shape.join(", ")}]; with guidance they must have the same shape`,
      { input: name },
    );
  }
}
