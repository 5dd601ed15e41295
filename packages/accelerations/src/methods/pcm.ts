// Phased consistency models (Wang et al. 2024, arXiv 2405.18407).

import { exactly, type FewStepMethod } from "./method.js";
import { ddimTrailing } from "./schedulers.js";

const published = {
  form: "lora",
  license: { id: "apache-2.0" },
  source: "https://huggingface.co/wangfuyun/PCM_Weights",
} as const;

/** Trained for weak guidance. */
export const pcmSmallCfg: FewStepMethod = {
  ...published,
  name: "pcm",
  title: "PCM, weak guidance",
  fileNames: [/(^|-)pcm-.*smallcfg-(?<steps>\d+)-?steps?/],
  settings: ({ steps = 4 }) => ({
    scheduler: ddimTrailing,
    steps: exactly(steps),
    guidanceScale: { value: 1, from: 0, to: 2 },
  }),
};

/** Trained for ordinary guidance; negative prompts work. */
export const pcmNormalCfg: FewStepMethod = {
  ...published,
  name: "pcm-normal",
  title: "PCM, ordinary guidance",
  fileNames: [/(^|-)pcm-.*normalcfg-(?<steps>\d+)-?steps?/],
  settings: ({ steps = 4 }) => ({
    scheduler: ddimTrailing,
    steps: exactly(steps),
    guidanceScale: { value: steps < 8 ? 3 : 4.5, from: 2, to: 9 },
  }),
};
