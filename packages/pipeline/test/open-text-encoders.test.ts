import { blobTree, openCheckpoint } from "@sunstep/checkpoint";
import { folderTree } from "@sunstep/checkpoint/node";
import type { SunstepWarning } from "@sunstep/errors";
import { fixture } from "@sunstep/testing";
import { describe, expect, it } from "vitest";
import { openTextEncoders } from "../src/index.js";

const checkpoint = await openCheckpoint(folderTree(fixture("tiny-sd15")));
const [encoder] = checkpoint.textEncoders;

/** The model with further files in its tokenizer's folder, and a text encoder of so many tokens. */
async function open(files: Readonly<Record<string, string>>, rows: number) {
  const added = blobTree(
    Object.fromEntries(Object.entries(files).map(([name, text]) => [name, new Blob([text])])),
  );
  const sources = await Promise.all(
    Object.keys(files).map(async (name) => [name, (await added.open(name))!] as const),
  );
  const warnings: SunstepWarning[] = [];
  const [opened] = await openTextEncoders(
    {
      ...checkpoint,
      textEncoders: [
        {
          ...encoder,
          config: { ...encoder.config, vocab_size: rows },
          tokenizer: { ...encoder.tokenizer, ...Object.fromEntries(sources) },
        },
      ],
    },
    (warning) => warnings.push(warning),
  );
  return { tokenizer: opened.tokenizer, warnings };
}

describe("openTextEncoders", () => {
  it("reads the tokens that a model was trained with from added_tokens.json", async () => {
    const { tokenizer, warnings } = await open({ "added_tokens.json": '{"<my-cat>": 49408}' }, 49409);
    expect(tokenizer.tokenize("<my-cat>")).toEqual([49408]);
    expect(warnings).toEqual([]);
  });

  it("warns where the text encoder knows more tokens than the tokenizer", async () => {
    const { warnings } = await open({}, 49409);
    expect(warnings).toMatchObject([
      { code: "TOKENIZER_TOO_SMALL", details: { textEncoder: "text_encoder", rows: 49409, tokens: 49408 } },
    ]);
  });

  it("cuts the tokenizer's length to the positions of the text encoder", async () => {
    const { tokenizer } = await open({ "tokenizer_config.json": '{"model_max_length": 225}' }, 49408);
    expect(tokenizer.maxLength).toBe(77);
  });
});
