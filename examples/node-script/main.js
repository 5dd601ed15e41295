// Writes two images of a prompt: node main.js ["a red apple"]
import { StableDiffusion, SunstepError } from "sunstep";

const prompt = process.argv[2] ?? "a red apple";
const controller = new AbortController();
process.once("SIGINT", () => controller.abort());

// "emoji" is the embedded model. A path to a checkpoint, a diffusers folder or a hub id work the same.
const sd = await StableDiffusion.fromPretrained("emoji");
try {
  const { images } = await sd.generate(prompt, {
    negativePrompt: "leaf",
    seed: 42,
    imagesPerPrompt: 2,
    signal: controller.signal,
    onProgress: (event) => {
      if (event.type === "step") console.error(`step ${event.step} of ${event.steps}`);
    },
  });
  for (const [i, image] of images.entries()) {
    await image.save(`image-${i}.png`);
    console.log(`image-${i}.png: seed ${image.seed}`);
  }
} catch (error) {
  // Every error has a code, and a message that says what to do.
  if (!SunstepError.isInstance(error)) throw error;
  console.error(`${error.code}: ${error.message}`);
  process.exitCode = 1;
} finally {
  await sd.dispose();
}
