import { StableDiffusion } from "sunstep";

// Each device starts a worker thread of its own kind.
for (const device of ["cpu", "wasm"]) {
  const sd = await StableDiffusion.fromPretrained("emoji", { device });
  const { images } = await sd.generate("a red apple", { seed: 42 });
  await images[0].save(`${device}.png`);
  await sd.dispose();
}
