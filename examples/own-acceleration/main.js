// An acceleration of your own: the settings of a model that was distilled to four steps without guidance. A method that
// changes networks also brings an `adapter` (such as `loraAdapter` of @sunstep/pipeline), and one that adds inputs to the
// U-Net a `condition`.
import { noGuidance } from "@sunstep/pipeline";
import { StableDiffusion } from "sunstep";

/** @type {import("@sunstep/pipeline").Acceleration} */
const fourSteps = {
  name: "four-steps",
  defaults: {
    steps: 4,
    guidanceScale: 0,
    timesteps: [999, 749, 499, 249],
    // From the model it takes the noise schedule and the prediction type; it sets every other option it depends on.
    scheduler: ({ beta_start, beta_end, beta_schedule, num_train_timesteps, prediction_type }) => ({
      beta_start,
      beta_end,
      beta_schedule,
      num_train_timesteps,
      prediction_type,
      _class_name: "EulerDiscreteScheduler",
      timestep_spacing: "trailing",
    }),
  },
  guidance: noGuidance,
  parameters: () => ({ "Four steps": "Euler" }),
};

const sd = await StableDiffusion.fromPretrained("emoji", { acceleration: fourSteps });
const { images } = await sd.generate("a red apple", { seed: 42 });
await images[0].save("apple.png");
console.log(images[0].parameters);
await sd.dispose();
