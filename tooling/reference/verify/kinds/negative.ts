// A U-Net with NAG, NASA or VSF in its cross-attentions. The second set keeps both prompts apart; files of the first one hold
// [prompt, negative prompt] as a batch, with guidance [guidance's negative prompt, prompt, NAG's negative prompt].

import {
  addNag,
  addNasa,
  addVsf,
  type NegativeAttentionOptions,
  VSF_MASKED,
} from "@sunstep/negative-attention";
import type { Pass } from "@sunstep/onnx-graph";
import { type Tensor, tensor } from "@sunstep/tensor";
import type { KindChecker } from "@sunstep/testing";
import { type Golden, openGolden } from "../golden.js";
import { openUNet } from "../models.js";
import { runUNet } from "../networks.js";

type Params = Readonly<Record<string, number>>;
type Feeds = Readonly<Record<string, Tensor>>;

interface NegativeCase {
  readonly model: string;
  readonly method: "nag" | "nasa" | "vsf";
  readonly params: Params;
  readonly file: string;
  readonly outputs: readonly string[];
  readonly atol: number;
}

interface NagCase extends Omit<NegativeCase, "method" | "params"> {
  readonly guided: boolean;
  readonly scale: number;
  readonly tau: number;
  readonly alpha: number;
}

interface Method {
  readonly pass: (options: NegativeAttentionOptions) => Pass;
  readonly feeds: (params: Params, negative: Tensor, golden: Golden) => Feeds;
}

const scalars = (method: string, params: Params): Feeds =>
  Object.fromEntries(
    Object.entries(params).map(([name, value]) => [`${method}_${name}`, tensor(Float32Array.of(value), [1])]),
  );

const methods: Readonly<Record<NegativeCase["method"], Method>> = {
  nag: { pass: addNag, feeds: (params) => scalars("nag", params) },
  nasa: { pass: addNasa, feeds: (params) => scalars("nasa", params) },
  vsf: {
    pass: addVsf,
    feeds: ({ scale = 1, offset = 0 }, { shape }, golden) => ({
      ...scalars("vsf", { scale, weight: 1 }),
      vsf_bias: biasOf(shape, offset, golden),
    }),
  },
};

function biasOf([batch = 1, tokens = 1]: readonly number[], offset: number, golden: Golden): Tensor {
  const counts = golden.hasInput("negative_tokens") ? golden.input("negative_tokens").data : undefined;
  const bias = Float32Array.from({ length: batch * tokens }, (_, i) =>
    i % tokens < Number(counts?.[Math.floor(i / tokens)] ?? tokens) ? -offset : VSF_MASKED,
  );
  return tensor(bias, [batch, tokens]);
}

export const kind: KindChecker = {
  kind: "negative",
  async check(testCase, dir) {
    const { model, method, params, file, outputs, atol } = testCase as unknown as NegativeCase;
    const golden = openGolden(dir, file);
    const negative = golden.input("negative_hidden_states");
    const { pass, feeds } = methods[method];
    const eps = await runUNet({
      unet: await openUNet(dir, model),
      golden,
      prompt: golden.input("encoder_hidden_states"),
      passes: [pass({ negativeTokens: negative.shape[1]! })],
      moreFeeds: { negative_hidden_states: negative, ...feeds(params, negative, golden) },
    });
    for (const output of outputs) golden.compare(output, eps, atol);
  },
};

export const firstKind: KindChecker = {
  kind: "nag",
  async check(testCase, dir) {
    const { model, guided, scale, tau, alpha, file, outputs, atol } = testCase as unknown as NagCase;
    const golden = openGolden(dir, file);
    const rows = rowsOf(golden.input("encoder_hidden_states"));
    const prompt = rows[guided ? 1 : 0]!;
    const negative = rows.at(-1)!;
    const unet = await openUNet(dir, model);
    const samples = rowsOf(golden.input("sample"));
    const evaluate = (
      sample: Tensor,
      text: Tensor,
      more?: Pick<Parameters<typeof runUNet>[0], "passes" | "moreFeeds">,
    ) =>
      runUNet({
        unet,
        golden: { ...golden, input: (name) => (name === "sample" ? sample : golden.input(name)) },
        prompt: text,
        ...more,
      });
    const guidedBy = await evaluate(samples.at(-1)!, prompt, {
      passes: [addNag({ negativeTokens: negative.shape[1]! })],
      moreFeeds: { negative_hidden_states: negative, ...scalars("nag", { scale, tau, alpha }) },
    });
    const eps = guided ? joined(await evaluate(samples[0]!, rows[0]!), guidedBy) : guidedBy;
    for (const output of outputs) golden.compare(output, eps, atol);
  },
};

function rowsOf({ data, shape: [count = 1, ...rest] }: Tensor): Tensor[] {
  const size = data.length / count;
  return Array.from({ length: count }, (_, i) =>
    tensor((data as Float32Array).slice(i * size, (i + 1) * size), [1, ...rest]),
  );
}

function joined(first: Tensor, second: Tensor): Tensor {
  const data = new Float32Array(first.data.length + second.data.length);
  data.set(first.data as Float32Array);
  data.set(second.data as Float32Array, first.data.length);
  return tensor(data, [2, ...first.shape.slice(1)]);
}
