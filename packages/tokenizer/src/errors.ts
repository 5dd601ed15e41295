import { defineErrors } from "@sunstep/errors";

/** Codes of the typed errors thrown by this package. */
export const [tokenizerErrors, tokenizerError] = defineErrors({
  TOKENIZER_JSON_INVALID: "a tokenizer file is not the JSON it should be",
  TOKENIZER_FILES_MISSING: "neither tokenizer.json nor vocab.json with merges.txt was given",
  TOKENIZER_UNSUPPORTED: "the tokenizer is of another kind than CLIP's byte-level BPE",
  TOKENIZER_VOCABULARY_INVALID: "the vocabulary is not a table of tokens and their numbers",
  TOKENIZER_SPECIAL_TOKEN_MISSING: "the vocabulary lacks the start, end, unknown or padding token",
  TOKENIZER_MERGES_INVALID: "a line of the merges is not a pair of tokens of the vocabulary",
  TOKEN_ID_INVALID: "a token id is not in the vocabulary",
  PROMPT_INVALID: "a prompt is not a string",
  PROMPT_TOO_LONG: "a prompt has more characters than the limit",
  PROMPT_WEIGHT_INVALID: "a weight in a prompt is not a number",
  TOKEN_WEIGHTS_MISMATCH: "the weights do not fit the hidden states",
});
