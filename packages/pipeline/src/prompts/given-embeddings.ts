import type { Tensor } from "@sunstep/tensor";
import type { EncodedPrompt } from "../architectures/architecture.js";
import { pipelineError } from "../errors.js";
import type { Request } from "../request/request.js";
import { type Conditioning, rowsOf } from "./conditioning.js";

type Embeddings = Pick<
  Request,
  "promptEmbeds" | "negativePromptEmbeds" | "pooledPromptEmbeds" | "negativePooledPromptEmbeds"
>;

const options = {
  positive: ["promptEmbeds", "pooledPromptEmbeds"],
  negative: ["negativePromptEmbeds", "negativePooledPromptEmbeds"],
} as const;

/** The encoded prompts among the options of a request. */
export function givenEmbeddings(
  given: {
    readonly [K in keyof Embeddings]?: Tensor<"float32"> | undefined;
  },
): Embeddings {
  return Object.fromEntries(
    Object.values(options)
      .flat()
      .flatMap((option) => (given[option] ? [[option, given[option]]] : [])),
  );
}

/** Returns the encoded prompt with index `i` that a request brings for the prompt or the negative prompt. */
export function givenPrompt(
  request: Embeddings,
  role: "positive" | "negative",
  i: number,
): EncodedPrompt | undefined {
  const [states, pooled] = options[role];
  const hiddenStates = request[states];
  if (!hiddenStates) return undefined;
  const pooledStates = request[pooled];
  return {
    hiddenStates: rowsOf(hiddenStates)[i]!,
    ...(pooledStates && { pooled: rowsOf(pooledStates)[i]! }),
  };
}

/** Widths of the encoded prompts that a U-Net takes. */
export interface EmbeddingWidths {
  readonly states: number;
  /** The pooled text; undefined for models without one. */
  readonly pooled?: number;
}

/**
 * Checks the encoded prompts of a request: they are as wide as the U-Net takes them, as many on both sides, and pooled
 * texts come with them where the model needs both.
 * @throws PIPELINE_EMBEDDINGS
 */
export function checkEmbeddings(
  request: Embeddings & Pick<Request, "prompts">,
  widths: EmbeddingWidths,
): void {
  const count = request.promptEmbeds?.shape[0] ?? request.prompts.length;
  const refuse = (option: string, problem: string) =>
    pipelineError("PIPELINE_EMBEDDINGS", `${option} ${problem}`, { option });
  for (const [states, pooled] of Object.values(options)) {
    const shape = request[states]?.shape;
    if (shape && !(shape.length === 3 && shape[0] === count && shape[1]! > 0 && shape[2] === widths.states)) {
      const wanted = `[${count} prompts, tokens, ${widths.states}]`;
      throw refuse(states, `has shape [${shape.join(", ")}]; the model takes ${wanted}`);
    }
    if (widths.pooled === undefined) continue;
    const pooledShape = request[pooled]?.shape;
    if ((shape === undefined) !== (pooledShape === undefined))
      throw refuse(pooled, `and ${states} belong together: this model takes both`);
    if (pooledShape && pooledShape.join() !== `${count},${widths.pooled}`) {
      const wanted = `[${count} prompts, ${widths.pooled}]`;
      throw refuse(pooled, `has shape [${pooledShape.join(", ")}]; the model takes ${wanted}`);
    }
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
