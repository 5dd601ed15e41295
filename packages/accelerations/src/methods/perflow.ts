// Piecewise rectified flow (Yan et al. 2024, arXiv 2405.07510). Settings: the README and scripts of its repository.

import type { Architecture } from "@sunstep/checkpoint";
import type { FewStepMethod, Range } from "./method.js";
import { savedWith } from "./saved-with.js";

const published = {
  license: { id: "bsd-3-clause" },
  source: "https://github.com/magic-research/piecewise-rectified-flow",
};

interface Trained {
  readonly prediction_type: "diff_eps" | "velocity" | "ddim_eps";
  readonly guidanceScale: Range;
}

const trainings: Readonly<Record<Architecture, Trained>> = {
  sd1: { prediction_type: "diff_eps", guidanceScale: { value: 7.5, from: 1, to: 10 } },
  sd2: { prediction_type: "velocity", guidanceScale: { value: 7.5, from: 1, to: 10 } },
  sdxl: { prediction_type: "ddim_eps", guidanceScale: { value: 2, from: 1, to: 3 } },
};

const settings: FewStepMethod["settings"] = ({ architecture = "sd1" }) => {
  const { prediction_type, guidanceScale } = trainings[architecture];
  return {
    scheduler: {
      className: "PeRFlowScheduler",
      options: { prediction_type, num_time_windows: 4, t_clean: 0 },
    },
    steps: { value: 6, from: 4, to: 8 },
    guidanceScale,
  };
};

/** Differences to the weights of Stable Diffusion 1.5, which suit any of its fine-tunes. */
export const perflowDifference: FewStepMethod = {
  ...published,
  name: "perflow-delta",
  title: "PeRFlow, differences of weights",
  form: "difference",
  fileNames: [/perflow.*delta/, /^delta-weights$/],
  settings,
};

/** A whole model. */
export const perflow: FewStepMethod = {
  ...published,
  name: "perflow",
  title: "PeRFlow",
  form: "model",
  fileNames: [/perflow/],
  fitsModel: savedWith("PeRFlowScheduler"),
  settings,
};
