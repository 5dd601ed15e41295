import type { ClipTokenizer, Encoding } from "./create-tokenizer.js";

/** Cuts or pads tokens to the length of the text encoder, between the start and the end token. */
export function fitTokens(
  tokens: readonly number[],
  {
    maxLength,
    bosTokenId,
    eosTokenId,
    padTokenId,
  }: Pick<ClipTokenizer, "maxLength" | "bosTokenId" | "eosTokenId" | "padTokenId">,
  decode: ClipTokenizer["decode"],
): Encoding {
  const room = maxLength - 2;
  const ids = [bosTokenId, ...tokens.slice(0, room), eosTokenId];
  while (ids.length < maxLength) ids.push(padTokenId);
  return { ids, tokenCount: tokens.length, truncated: decode(tokens.slice(room)) };
}
