// Guidance of your own: classifier-free guidance within an interval of timesteps (Kynkäänniemi et al. 2024,
// arXiv 2404.07724). Outside the interval a step takes one evaluation instead of two.
import { classifierFreeGuidance, noGuidance } from "@sunstep/pipeline";
import { StableDiffusion } from "sunstep";

/**
 * @param {number} from the highest guided timestep
 * @param {number} to the lowest guided timestep
 * @returns {import("@sunstep/pipeline").Guidance}
 */
function guidanceWithin(from, to) {
  return {
    name: `classifier-free from ${from} to ${to}`,
    evaluationsPerStep: 2,
    readsNegative: true,
    predict(evaluate, prompts, step) {
      const isGuided = step.timestep <= from && step.timestep >= to;
      return (isGuided ? classifierFreeGuidance : noGuidance).predict(evaluate, prompts, step);
    },
  };
}

const sd = await StableDiffusion.fromPretrained("emoji", { sun: false });
const { images } = await sd.generate("a red apple", {
  negativePrompt: "leaf",
  seed: 42,
  steps: 12,
  guidanceScale: 4,
  guidance: guidanceWithin(900, 300),
});
await images[0].save("apple.png");
await sd.dispose();
