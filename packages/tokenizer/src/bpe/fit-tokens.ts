export interface Encoding {
  /** `maxLength` ids: start token, text, end token, padding. */
  readonly ids: number[];
  /** Tokens of the whole text, without start and end. */
  readonly tokenCount: number;
  /** The text of the tokens that did not fit, as `decode` writes it; "" where all of them did. */
  readonly truncated: string;
}

/** The length of the text encoder, and its special tokens. */
interface EncodingFrame {
  readonly maxLength: number;
  readonly bosTokenId: number;
  readonly eosTokenId: number;
  readonly padTokenId: number;
}

/** Cuts or pads tokens to the length of the text encoder, between the start and the end token. */
export function fitTokens(
  tokens: readonly number[],
  { maxLength, bosTokenId, eosTokenId, padTokenId }: EncodingFrame,
  decode: (ids: readonly number[]) => string,
): Encoding {
  const room = maxLength - 2;
  const ids = [bosTokenId, ...tokens.slice(0, room), eosTokenId];
  while (ids.length < maxLength) ids.push(padTokenId);
  return { ids, tokenCount: tokens.length, truncated: decode(tokens.slice(room)) };
}
