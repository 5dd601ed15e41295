import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fixture } from "@sunstep/testing";
import { expect, it, onTestFinished } from "vitest";
import { type FromPretrainedOptions, StableDiffusion } from "../src/index.js";
import { temporaryFolder } from "./temporary-folder.js";

const folder = fixture("tiny-sd15");
const small = { seed: 5, width: 64, height: 64 };

async function load(options: FromPretrainedOptions): Promise<StableDiffusion> {
  const sd = await StableDiffusion.fromPretrained(folder, { offline: true, ...options });
  onTestFinished(() => sd.dispose());
  return sd;
}

/** Warnings about methods; the fixture has others. */
const methodWarnings = (sd: StableDiffusion) =>
  sd.warnings.map(({ code }) => code).filter((code) => code.startsWith("METHOD_"));

/** The fixture's LoRA under another name. */
function loraNamed(name: string): string {
  const loras = join(temporaryFolder(), "loras");
  mkdirSync(loras);
  copyFileSync(fixture("lora/kohya.safetensors"), join(loras, `${name}.safetensors`));
  return join(loras, `${name}.safetensors`);
}

it("gives a few-step LoRA as the acceleration its published settings, without a notice", async () => {
  const sd = await load({ acceleration: loraNamed("Hyper-SD15-2steps-lora") });
  expect(sd.accelerations).toEqual(["hyper-sd"]);
  expect(methodWarnings(sd)).toEqual([]);
  const { evaluations, scheduler, timesteps, latents, images } = await sd.generate("a cat", small);
  expect({ evaluations, scheduler, timesteps }).toEqual({
    evaluations: 2,
    scheduler: "DDIMScheduler",
    timesteps: [999, 499],
  });
  expect(images[0]!.parameters).toMatch(/Acceleration: hyper-sd, Acceleration file: Hyper-SD15-2steps-lora/);
  const plain = await sd.generate("a cat", { ...small, acceleration: false, steps: 2 });
  expect(plain.latents.data).not.toEqual(latents.data);
  expect(plain.scheduler).toBe("DPMSolverMultistepScheduler");
});

it("recognises a few-step LoRA that is given as an ordinary one, says so, and forgets it with the LoRA", async () => {
  const sd = await load({ loras: [loraNamed("Hyper-SD15-2steps-lora")] });
  expect(sd.accelerations).toEqual(["hyper-sd"]);
  expect(methodWarnings(sd)).toEqual(["METHOD_RECOGNISED"]);
  expect((await sd.generate("a cat", small)).timesteps).toEqual([999, 499]);
  expect((await sd.generate("a cat", { ...small, steps: 3, guidanceScale: 2 })).evaluations).toBe(6);
  await sd.unloadLora("Hyper-SD15-2steps-lora");
  expect(sd.accelerations).toEqual([]);
  expect(methodWarnings(sd)).toEqual([]);
});

it.each<FromPretrainedOptions>([{ acceleration: false }, { acceleration: "turbo" }])(
  "lets the user's word stand against a recognised LoRA: %j",
  async (options) => {
    const sd = await load({ ...options, loras: [loraNamed("Hyper-SD15-2steps-lora")] });
    expect(sd.accelerations).toEqual(options.acceleration ? ["turbo"] : []);
    expect(methodWarnings(sd)).toEqual(options.acceleration ? ["METHOD_LICENSE"] : []);
  },
);

it("gives the LoRA of a prompt its settings for that prompt alone", async () => {
  const loraFolder = join(loraNamed("Hyper-SD15-2steps-lora"), "..");
  const sd = await load({ loraFolder });
  const tagged = await sd.generate("a cat <lora:Hyper-SD15-2steps-lora:1>", small);
  expect(tagged.timesteps).toEqual([999, 499]);
  expect(tagged.warnings).toMatchObject([{ code: "METHOD_RECOGNISED" }]);
  expect((await sd.generate("a cat", { ...small, steps: 3 })).scheduler).toBe("DPMSolverMultistepScheduler");
});

it("takes the method of a file that its name does not tell", async () => {
  const path = loraNamed("x");
  await expect(load({ acceleration: path })).rejects.toMatchObject({
    code: "ACCELERATION_UNKNOWN",
    message: expect.stringMatching(/x is not recognised.*lcm-lora/),
  });
  await expect(load({ acceleration: { path, method: "lcm" + "x" } })).rejects.toMatchObject({
    code: "ACCELERATION_UNKNOWN",
  });
  const sd = await load({ acceleration: { path, method: "tcd", scale: 0.5 } });
  expect(sd.accelerations).toEqual(["tcd"]);
  expect((await sd.generate("a cat", small)).scheduler).toBe("TCDScheduler");
});
