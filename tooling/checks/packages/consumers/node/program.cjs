const { StableDiffusion } = require("sunstep");

async function main() {
  const sd = await StableDiffusion.fromPretrained("emoji", { device: "cpu" });
  const { images } = await sd.generate("a red apple", { seed: 42 });
  await images[0].save("cpu.png");
  await sd.dispose();
}

main();
