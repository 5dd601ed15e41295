import { openComponent, readWeight } from "@sunstep/checkpoint";
import { folderTree } from "@sunstep/checkpoint/node";
import { addTokenEmbeds, buildTextEncoder, buildVaeDecoder, GIVEN_TOKEN } from "@sunstep/networks";
import { runPasses } from "@sunstep/onnx-graph";
import { createNodeRuntime } from "@sunstep/runtime-node";
import { tensor, toFloat32 } from "@sunstep/tensor";
import { fixture } from "@sunstep/testing";
import { expect, it, onTestFinished } from "vitest";

it.each([
  ["of SD 1.x", "tiny-sd15", "text_encoder"],
  ["of SD 2.x", "tiny-sd21", "text_encoder"],
  ["that pools, of SDXL", "tiny-sdxl", "text_encoder_2"],
])("a text encoder %s gives the same for a row of its table as for the id", async (_, model, folder) => {
  const encoder = await openComponent("textEncoder", folderTree(fixture(`${model}/${folder}`)));
  const { config, weights } = encoder;
  const width = config.hidden_size;
  const end = config.vocab_size - 1;
  const ids = [end - 1, 320, 1368, 537, end, end, end, end];
  const replaced = [1, 2, 3];
  const table = toFloat32(await readWeight(weights.get("text_model.embeddings.token_embedding.weight")));
  const rows = new Float32Array(ids.length * width).fill(99);
  for (const place of replaced) {
    const id = ids[place]!;
    rows.set(table.subarray(id * width, (id + 1) * width), place * width);
  }
  const feeds = (list: readonly number[]) => ({
    input_ids: tensor(BigInt64Array.from(list, BigInt), [1, ids.length], "int64"),
    token_embeds: tensor(rows, [1, ids.length, width]),
  });
  const plain = buildTextEncoder({ config, weights, batch: 1, tokens: ids.length, pooled: true });
  const { model: given, modified } = runPasses(plain, [addTokenEmbeds]);
  expect(modified).toBe(true);
  expect(given.graph.inputs.map(({ name }) => name)).toEqual(["input_ids", "token_embeds"]);

  const runtime = await createNodeRuntime();
  onTestFinished(() => runtime.dispose());
  const run = async (
    network: typeof plain,
    inputs: Record<string, ReturnType<typeof feeds>["input_ids" | "token_embeds"]>,
  ) => {
    const session = await runtime.load(network);
    const outputs = await session.run(inputs);
    await session.dispose();
    return outputs;
  };
  const expected = await run(plain, { input_ids: feeds(ids).input_ids });
  const marked = ids.map((id, place) => (replaced.includes(place) ? GIVEN_TOKEN : id));
  for (const list of [ids, marked]) {
    const actual = await run(given, feeds(list));
    for (const [name, { data }] of Object.entries(expected)) expect(actual[name]!.data).toEqual(data);
  }
});

it("leaves networks without tokens as they are", async () => {
  const vae = await openComponent("vae", folderTree(fixture("tiny-sd15/vae")));
  const model = buildVaeDecoder({ ...vae, batch: 1, height: 2, width: 2 });
  expect(addTokenEmbeds.run(model)).toEqual({ model, modified: false });
});
