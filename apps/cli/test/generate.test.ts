import { copyFileSync, cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decodeImage, parseParameters } from "@sunstep/image";
import { fixture } from "@sunstep/testing";
import { expect, it } from "vitest";
import { runCommand } from "./run-command.js";
import { runInProcess } from "./run-in-process.js";
import { temporaryFolder } from "./temporary-folder.js";

interface Printed {
  readonly path: string;
  readonly seed: number;
  readonly width: number;
  readonly evaluations: number;
  readonly milliseconds: Readonly<Record<string, number>>;
}

const printed = (stdout: string) =>
  stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Printed);

it("writes the embedded model's apple to apple.png, and the next one to apple-2.png", async () => {
  const cwd = temporaryFolder();
  const args = ["a red apple on a table", "--negative", "leaf", "--steps", "3", "--seed", "7"];
  const first = await runCommand(args, { cwd });
  expect(first).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^apple\.png {2}128x128, seed 7, 3 steps, \S+ s \(load /),
  });
  expect(first.stderr.trim().split("\n")).toEqual([
    "loading emoji",
    "reading the prompt",
    "loading text_encoder",
    "painting",
    "loading unet",
    "step 1/3",
    "step 2/3",
    "step 3/3",
    "decoding",
    "loading vae_decoder",
  ]);
  const { width, height, text } = decodeImage(readFileSync(join(cwd, "apple.png")));
  expect([width, height]).toEqual([128, 128]);
  const { prompt, negativePrompt, settings } = parseParameters(text.get("parameters")!);
  expect({ prompt, negativePrompt, ...Object.fromEntries(settings) }).toMatchObject({
    prompt: "a red apple on a table",
    negativePrompt: "leaf",
    Steps: "3",
    Sampler: "DPM++ 2M",
    "CFG scale": "1",
    Seed: "7",
    Size: "128x128",
    Model: "emoji",
    SUN: "sun_adapter",
  });

  const second = await runCommand([...args, "--json"], { cwd });
  const [image] = printed(second.stdout);
  expect(image).toMatchObject({ path: "apple-2.png", seed: 7, width: 128, evaluations: 3 });
  const guided = await runCommand([...args, "--no-sun", "--json", "--out", "guided.png"], { cwd });
  expect(printed(guided.stdout)[0]).toMatchObject({ evaluations: 6 });
  rmSync(join(cwd, "guided.png"));
  expect(Object.keys(image!.milliseconds)).toEqual(
    expect.arrayContaining(["load", "denoise", "decode", "write"]),
  );
  expect(readFileSync(join(cwd, "apple-2.png"))).toEqual(readFileSync(join(cwd, "apple.png")));
  expect(readdirSync(cwd).sort()).toEqual(["apple-2.png", "apple.png"]);
});

it("counts seeds up, creates folders, and reproduces each image alone", async () => {
  const cwd = temporaryFolder();
  const args = ["generate", "a pear", "--steps", "2", "--size", "64x128"];
  const three = await runCommand(
    [...args, "--seed", "41", "--count", "3", "--out", "new/pear.png", "--json"],
    { cwd },
  );
  expect(printed(three.stdout).map(({ path, seed }) => [path, seed])).toEqual([
    ["new/pear-1.png", 41],
    ["new/pear-2.png", 42],
    ["new/pear-3.png", 43],
  ]);
  await runCommand([...args, "--seed", "43", "--out", "new/pear-1.png"], { cwd });
  expect(readFileSync(join(cwd, "new/pear-1.png"))).toEqual(readFileSync(join(cwd, "new/pear-3.png")));
});

it("accepts a model folder, an adapter, LoRAs, a tiny autoencoder, an image and a mask", async () => {
  const cwd = temporaryFolder();
  const { code, stdout, stderr } = await runCommand(
    [
      "a photo of a cat",
      ...["--model", fixture("tiny-sd15")],
      ...["--sun", fixture("sun/tiny-sd15_addpos.safetensors")],
      ...["--lora", `${fixture("lora/kohya.safetensors")}:0.5`, "--lora", fixture("lora/peft.safetensors")],
      ...["--taesd", fixture("tiny-taesd")],
      ...[
        "--image",
        fixture("pipelines/inputs/picture_square.png"),
        "--mask",
        fixture("pipelines/inputs/mask_square.png"),
      ],
      ...["--steps", "2", "--out", "cat.png", "--json"],
    ],
    { cwd },
  );
  expect(stderr).not.toMatch(/error/);
  expect(code).toBe(0);
  const text = (JSON.parse(stdout) as { parameters: string }).parameters;
  expect(Object.fromEntries(parseParameters(text).settings)).toMatchObject({
    SUN: "tiny-sd15_addpos",
    LoRA: "kohya:0.5 peft:1",
    "Denoising strength": "1",
  });
  expect(existsSync(join(cwd, "cat.png"))).toBe(true);
});

it("makes the images of a prompts file, reports a line that fails, and continues", async () => {
  const cwd = temporaryFolder();
  const lines = [
    { prompt: "a dog", seed: 3 },
    { prompt: "a tree", size: "64x63" },
    { prompt: "a house", steps: 1, out: "house.png" },
  ];
  writeFileSync(join(cwd, "list.jsonl"), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  const { code, stdout, stderr } = await runCommand(
    ["--prompts", "list.jsonl", "--steps", "2", "--size", "64", "--out", "made/", "--json"],
    { cwd },
  );
  const [dog, tree, house] = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
  expect(dog).toMatchObject({ path: join("made", "dog.png"), seed: 3, steps: 2 });
  expect(tree).toMatchObject({ error: { code: "PIPELINE_SIZE", where: "list.jsonl:2" } });
  expect(house).toMatchObject({ path: "house.png", steps: 1 });
  expect(stderr).toMatch(/^error PIPELINE_SIZE: list\.jsonl:2: height 63/m);
  expect(code).toBe(1);
});

it("reads prompts from standard input, and checks all lines before the first image", async () => {
  const cwd = temporaryFolder();
  const input =
    '{"prompt":"a dog"}\n{"prompt":1}\nnonsense\n{"prompt":"a cat","model":"x"}\n{"prompt":"a cat","steps":"many"}\n';
  const { code, stderr } = await runCommand(["--prompts", "-"], { cwd, input });
  expect(code).toBe(2);
  for (const problem of [
    'line 2: it has no "prompt"',
    "line 3: it is not a JSON object",
    'line 4: "model" is not',
    'line 5: "steps" "many"',
  ]) {
    expect(stderr).toContain(problem);
  }
  expect(readdirSync(cwd)).toEqual([]);
});

it("stops at Ctrl-C with exit code 130 and leaves no files behind", async () => {
  const cwd = temporaryFolder();
  const options = { cwd, interruptAt: "step 2/1000" };
  const { code, stdout, stderr } = await runCommand(["an apple", "--steps", "1000"], options);
  expect(code).toBe(130);
  expect(stdout).toBe("");
  expect(stderr).toMatch(/cancelled\n$/);
  expect(readdirSync(cwd)).toEqual([]);
});

it("exits with 1 if the file cannot be written", async () => {
  const args = ["an apple", "--steps", "1", "--size", "64", "--out", "/dev/null/apple.png"];
  const { code, stderr } = await runCommand(args, { cwd: temporaryFolder() });
  expect(stderr).toMatch(/^error FILE_NOT_WRITABLE: \/dev\/null\/apple\.png/m);
  expect(code).toBe(1);
});

it("applies the LoRAs that a prompt names from a folder, another VAE and a prediction type", async () => {
  const folder = temporaryFolder();
  copyFileSync(fixture("lora/kohya.safetensors"), join(folder, "ink.safetensors"));
  const out = join(folder, "x.png");
  const run = async (prompt: string, ...args: string[]) => {
    const size = ["--size", "64", "--steps", "1", "--seed", "1", "--out", out, "--no-cache", "--offline"];
    const { code, stderr } = await runInProcess([prompt, "--model", fixture("tiny-sd15"), ...size, ...args]);
    return { code, stderr, data: code === 0 ? decodeImage(readFileSync(out)).data : undefined };
  };
  const plain = await run("a cat");
  const vae = join(folder, "vae");
  cpSync(fixture("tiny-sd15/vae"), vae, { recursive: true });
  const config = JSON.parse(readFileSync(join(vae, "config.json"), "utf8")) as object;
  writeFileSync(join(vae, "config.json"), JSON.stringify({ ...config, scaling_factor: 0.5 }));
  for (const args of [
    ["a cat<lora:ink:1>", "--lora-dir", folder],
    ["a cat", "--vae", vae],
    ["a cat", "--prediction", "sample"],
  ]) {
    const other = await run(args[0]!, ...args.slice(1));
    expect(other.code, other.stderr).toBe(0);
    expect(other.data, args[1]).not.toEqual(plain.data);
  }
  expect(await run("a cat<lora:inc:1>", "--lora-dir", folder)).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(
      /error PROMPT_LORA_UNKNOWN: <lora:inc>: .* holds no such LoRA; names like it: ink\b/,
    ),
  });
  expect(await run("a cat", "--prediction", "noise")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("epsilon or v_prediction or sample"),
  });
});
