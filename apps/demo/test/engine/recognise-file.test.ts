import { expect, it } from "vitest";
import { recogniseFile } from "../../src/engine/recognise-file.js";

const file = (name: string) => new File(["Shopping list: apples, pears and a red car"], name);

it("says of a file that is not a model which files the page opens", async () => {
  await expect(recogniseFile(file("notes.txt"))).rejects.toMatchObject({
    code: "FILE_NOT_USED",
    message: expect.stringMatching(/^notes\.txt is not a file that this page can use/),
  });
});

it("says of a damaged safetensors file what is wrong with it", async () => {
  await expect(recogniseFile(file("model.safetensors"))).rejects.toMatchObject({
    code: expect.stringMatching(/^CHECKPOINT_/),
    message: expect.stringContaining("model.safetensors"),
  });
});
