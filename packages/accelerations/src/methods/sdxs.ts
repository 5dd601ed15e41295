import { exactly, type FewStepMethod, unguided } from "./method.js";
import { eulerTrailing } from "./schedulers.js";

/** SDXS-512 (Song et al. 2024, arXiv 2403.16627): a small U-Net for one step, from pure noise to the image. */
export const sdxs: FewStepMethod = {
  name: "sdxs",
  title: "SDXS",
  form: "model",
  fileNames: [/(^|-)sdxs-/],
  fitsModel: ({ unet }) => unet.mid_block_type === null && unet.down_block_types[0] === "DownBlock2D",
  settings: () => ({
    scheduler: eulerTrailing,
    steps: exactly(1),
    guidanceScale: unguided,
  }),
  license: { id: "openrail++" },
  source: "https://github.com/IDKiro/sdxs",
};
