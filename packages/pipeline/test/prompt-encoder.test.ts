import { tensor } from "@sunstep/tensor";
import { beforeAll, describe, expect, it } from "vitest";
import { stableDiffusion } from "../src/architectures/sd.js";
import { type Acceleration, classifierFreeGuidance, type GenerateOptions, noGuidance } from "../src/index.js";
import { PromptEncoder } from "../src/prompts/prompt-encoder.js";
import { resolveRequest } from "../src/request/resolve-request.js";
import { Run } from "../src/run.js";
import { SessionCache } from "../src/sessions/session-cache.js";
import { useEmojiPipeline } from "./emoji-pipeline.js";

const emoji = useEmojiPipeline();
let encoder: PromptEncoder;

beforeAll(() => {
  const { components } = emoji;
  encoder = new PromptEncoder(components, stableDiffusion, new SessionCache(components, 2));
});

const facts = {
  defaults: { width: 64, height: 64, steps: 4, guidanceScale: 4, scheduler: "ddim", decoder: "vae" },
  schedulerConfig: {},
  scaleFactor: 8,
  hasTaesd: false,
} as const;

const one = { steps: 4, evaluations: 1 };

async function encode(prompt: string | string[], options: GenerateOptions = {}, run = new Run({})) {
  const [images = []] = await encoder.encode(resolveRequest(prompt, options, facts), one, run);
  return images.map(({ positive, negative }) => ({
    positive: positive.encoder_hidden_states!,
    negative: negative?.encoder_hidden_states,
    inputs: Object.keys(positive),
  }));
}

const long = "a red apple, ".repeat(30);

describe("PromptEncoder", () => {
  it("encodes a prompt and its negative prompt by the names of the U-Net", async () => {
    const [image] = await encode("a red apple");
    expect(image!.inputs).toEqual(["encoder_hidden_states"]);
    expect(image!.positive.shape).toEqual([1, 77, 256]);
    expect(image!.negative!.shape).toEqual([1, 77, 256]);
  });

  it("joins the chunks of a long prompt, each encoded by itself", async () => {
    const options = { guidance: noGuidance };
    const [both] = await encode("a red apple BREAK a star", options);
    const [first] = await encode("a red apple", options);
    const [second] = await encode("a star", options);
    expect(both!.positive.shape).toEqual([1, 154, 256]);
    expect(both!.positive.data).toBeAllclose([...first!.positive.data, ...second!.positive.data], {
      atol: 1e-5,
    });
  });

  it("aligns each guided prompt with its own negative prompt, and with no other", async () => {
    const images = await encode(["a star", long], { negativePrompt: ["leaf", "leaf"] });
    expect(images.map(({ positive }) => positive.shape[1])).toEqual([77, 154]);
    expect(images.map(({ negative }) => negative!.shape[1])).toEqual([77, 154]);
    const [alone] = await encode("a star", { negativePrompt: "leaf" });
    expect(images[0]!.positive.data).toEqual(alone!.positive.data);
  });

  it("gives each evaluation the text of its step, the same object where nothing changes", async () => {
    const request = resolveRequest("a [red:green:0.5] apple", { negativePrompt: "[leaf|stem]" }, facts);
    const evaluations = (await encoder.encode(request, { steps: 4, evaluations: 4 }, new Run({}))).map(
      ([image]) => image!,
    );
    const states = async (prompt: string, negativePrompt: string) => {
      const [image] = await encode(prompt, { negativePrompt });
      return [image!.positive.data, image!.negative!.data];
    };
    const expected = [
      await states("a red apple", "leaf"),
      await states("a red apple", "leaf"),
      await states("a red apple", "stem"),
      await states("a green apple", "leaf"),
    ];
    const actual = evaluations.map(({ positive, negative }) =>
      [positive, negative!].map((one) => one.encoder_hidden_states!.data),
    );
    expect(actual).toEqual(expected);
    expect(evaluations[1]).toBe(evaluations[0]);
    expect(evaluations[2]!.positive).toBe(evaluations[0]!.positive);
  });

  it("gives all texts of a run one length, so that the network stays the same", async () => {
    const prompt = `a star [${long}::1] AND a leaf`;
    for (const guidance of [classifierFreeGuidance, noGuidance]) {
      const request = resolveRequest(prompt, { guidance }, facts);
      const evaluations = await encoder.encode(request, { steps: 3, evaluations: 3 }, new Run({}));
      const lengths = evaluations.flatMap(([image]) => [
        ...image!.composed!.map(({ conditioning }) => conditioning),
        ...(image!.negative ? [image!.negative] : []),
      ]);
      expect(lengths.map((one) => one.encoder_hidden_states!.shape[1])).toEqual(lengths.map(() => 154));
    }
  });

  it("encodes the parts of a composed prompt with their weights, completed by the acceleration", async () => {
    const acceleration: Acceleration = {
      name: "own",
      defaults: { steps: 1, guidanceScale: 1, scheduler: () => ({ _class_name: "DDIMScheduler" }) },
      condition: ({ positive }) => ({ positive: { ...positive, other: tensor(Float32Array.of(1), [1]) } }),
    };
    const request = resolveRequest("a star AND a leaf :0.5", { acceleration }, facts);
    const [[image] = []] = await encoder.encode(request, one, new Run({}));
    const [leaf] = await encode("a leaf", { guidance: noGuidance });
    expect(image!.composed!.map(({ weight }) => weight)).toEqual([1, 0.5]);
    expect(image!.composed![0]!.conditioning).toBe(image!.positive);
    const second = image!.composed![1]!.conditioning;
    expect(Object.keys(second)).toEqual(["encoder_hidden_states", "other"]);
    expect(second.encoder_hidden_states!.data).toBeAllclose(leaf!.positive.data, { atol: 1e-6 });
  });

  it("encodes no negative prompt that nothing reads", async () => {
    const [image] = await encode("a star", { guidance: noGuidance, negativePrompt: "leaf" });
    expect(image!.negative).toBeUndefined();
  });

  it("hands prompts of their own lengths to an acceleration, which names the inputs", async () => {
    const acceleration: Acceleration = {
      name: "own",
      defaults: { steps: 1, guidanceScale: 1, scheduler: () => ({ _class_name: "DDIMScheduler" }) },
      readsNegative: true,
      condition: ({ positive, negative }) => ({
        positive: { ...positive, other: negative!.encoder_hidden_states! },
      }),
    };
    const request = resolveRequest(long, { acceleration, imagesPerPrompt: 2 }, facts);
    const [[first, second] = []] = await encoder.encode(request, one, new Run({}));
    expect(first!.positive.encoder_hidden_states!.shape[1]).toBe(154);
    expect(first!.positive.other!.shape[1]).toBe(77);
    expect(second).toBe(first);
  });

  it("takes encoded prompts as they are, one for each prompt", async () => {
    const promptEmbeds = tensor(new Float32Array(2 * 77 * 256).fill(0.5, 77 * 256), [2, 77, 256]);
    const images = await encode("", { promptEmbeds, guidance: noGuidance });
    expect(images.map(({ positive }) => positive.data[0])).toEqual([0, 0.5]);
  });

  it("rejects encoded prompts of another width, number or length", async () => {
    const embeds = (...shape: number[]) => tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);
    const code = { code: "PIPELINE_EMBEDDINGS" };
    const two = { promptEmbeds: embeds(2, 77, 256) };
    await expect(encode("", { promptEmbeds: embeds(1, 77, 8) })).rejects.toMatchObject(code);
    await expect(encode("", { ...two, negativePromptEmbeds: embeds(1, 77, 256) })).rejects.toMatchObject(
      code,
    );
    await expect(encode("", { ...two, negativePromptEmbeds: embeds(2, 154, 256) })).rejects.toMatchObject(
      code,
    );
  });

  it("warns of a plain prompt that is cut, and of no other", async () => {
    const run = new Run({});
    const plain = { promptSyntax: "plain", guidance: noGuidance } as const;
    await encode("a red apple", plain, run);
    await encode(long, { guidance: noGuidance }, run);
    expect(run.warnings).toEqual([]);
    await encode(`${long} a star`, plain, run);
    expect(run.warnings).toMatchObject([{ code: "PROMPT_CUT", message: expect.stringMatching(/a star/) }]);
  });

  it("gives each text encoder's adapters their own encodings", async () => {
    const counted: string[] = [];
    const adapter = (key: string) => ({
      key,
      passes: (network: string) => {
        if (network !== "text_encoder") return [];
        return [
          {
            name: key,
            run: (model: ReturnType<typeof stableDiffusion.buildUNet>) => {
              counted.push(key);
              return { model, modified: false };
            },
          },
        ];
      },
    });
    const guided = { guidance: classifierFreeGuidance };
    await encode("a comet", { ...guided, adapters: [adapter("a")] });
    await encode("a comet", { ...guided, adapters: [adapter("b")] });
    await encode("a comet", { ...guided, adapters: [adapter("b")] });
    expect(counted).toEqual(["a", "b"]);
  });
});
