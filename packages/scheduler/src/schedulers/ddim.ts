// Song et al. 2020, "Denoising Diffusion Implicit Models" (arXiv 2010.02502).

import { roundHalfToEven } from "@sunstep/tensor";
import { defineScheduler } from "../define-scheduler.js";
import { alphaLookup, noisy, refuseBlindStart, refuseManySteps } from "../noise/alphas.js";
import { alphasCumprod, noiseScheduleOptions } from "../noise/noise-schedule.js";
import { flag } from "../options.js";
import { clippingOptions, limit } from "../steps/clipping.js";
import { combine } from "../steps/linear-combination.js";
import { cleanSample, noiseOf, predictionOption } from "../steps/prediction.js";
import { spacedTimesteps, spacingOptions } from "../timesteps/timestep-spacing.js";

const name = "DDIMScheduler";

export const ddim = defineScheduler({
  name,
  options: {
    ...noiseScheduleOptions(),
    ...clippingOptions(true),
    ...spacingOptions("leading"),
    set_alpha_to_one: flag(true),
    prediction_type: predictionOption,
    rescale_betas_zero_snr: flag(false),
  },
  takes: ["eta", "useClippedModelOutput"],
  start(options, { steps, eta = 0, useClippedModelOutput = false, batch }) {
    const train = options.num_train_timesteps;
    refuseManySteps(name, steps, train);
    const alphas = alphasCumprod(options);
    const alphaAt = alphaLookup(name, alphas);
    const finalAlpha = options.set_alpha_to_one ? 1 : alphas[0]!;
    const timesteps = spacedTimesteps(options, steps).map(roundHalfToEven);
    const stride = Math.floor(train / steps);

    return (begin) => {
      refuseBlindStart(name, options.prediction_type, alphaAt(timesteps[begin]!));
      return {
        timesteps,
        initNoiseSigma: 1,
        step(output, index, sample, noise) {
          const t = timesteps[index]!;
          const alpha = alphaAt(t);
          const previous = t - stride >= 0 ? alphaAt(t - stride) : finalAlpha;
          const [root, sigma] = [Math.sqrt(alpha), Math.sqrt(1 - alpha)];

          const toClean = cleanSample[options.prediction_type](root, sigma);
          const clean = limit(combine([toClean.sample, sample], [toClean.output, output]), options, batch);
          const toNoise = useClippedModelOutput ? undefined : noiseOf[options.prediction_type](root, sigma);
          const predictedNoise = toNoise
            ? combine([toNoise.sample, sample], [toNoise.output, output])
            : combine([1 / sigma, sample], [-root / sigma, clean]);

          // Equation 16: the share of fresh noise; then equation 12.
          const deviation = eta * Math.sqrt(((1 - previous) / (1 - alpha)) * (1 - alpha / previous));
          const direction = Math.sqrt(Math.max(1 - previous - deviation ** 2, 0));
          const next = combine(
            [Math.sqrt(previous), clean],
            [direction, predictedNoise],
            ...(eta > 0 ? [[deviation, noise()] as const] : []),
          );
          return { sample: next, denoised: clean };
        },
        addNoise: (original, noise, index) => noisy(alphaAt(timesteps[index]!), original, noise),
      };
    };
  },
});
