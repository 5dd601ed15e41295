import { expect, it, vi } from "vitest";
import { createEngine } from "../../src/engine/create-engine.js";
import type { Opened } from "../../src/engine/engine.js";

/** The loaded models, and the options that the last one was loaded with. */
const { loaded, last } = vi.hoisted(() => ({
  loaded: [] as { name: string; disposed: boolean }[],
  last: { options: {} as object },
}));

vi.mock("sunstep", () => ({
  StableDiffusion: {
    async fromPretrained(_: unknown, options: { readonly name?: string }) {
      const { name = "emoji" } = options;
      last.options = options;
      await new Promise((resolve) => setTimeout(resolve, 5));
      const loras = new Map<string, number>();
      const model = {
        name,
        disposed: false,
        model: name,
        defaults: { width: 512, height: 512, guidanceScale: 7.5, steps: 25 },
        warnings: [],
        accelerations: [],
        embeddings: [],
        get loras() {
          return [...loras].map(([lora, scale]) => ({ name: lora, scale }));
        },
        async loadLora(file: File, { scale }: { readonly scale: number }) {
          const lora = file.name.replace(".safetensors", "");
          loras.set(lora, scale);
          return lora;
        },
        unloadLora: async (lora: string) => void loras.delete(lora),
        async dispose() {
          model.disposed = true;
        },
      };
      loaded.push(model);
      return model;
    },
  },
}));
vi.mock("../../src/engine/recognise-file.js", () => ({
  openedFiles: async () => [],
  recogniseFile: async ({ name }: File) => ({
    name,
    size: 1,
    kind: "lora",
    recognised: "a LoRA",
    advice: "",
  }),
}));

vi.stubGlobal("EMBEDDED_BYTES", { model: 38, acceleration: 2 });

const embedded: Opened = { source: { kind: "embedded" }, device: "auto", ownAcceleration: true };
const context = () => ({ signal: new AbortController().signal, emit: () => undefined });

it("removes one LoRA and its file, not others with the same prefix", async () => {
  const engine = createEngine();
  await engine.open(embedded, context());
  for (const name of ["ink.safetensors", "ink-wash.safetensors"])
    await engine.addLora({ file: new File(["x"], name), scale: 1 });
  const { loras, files } = await engine.removeLora("ink");
  expect(loras.map(({ name }) => name)).toEqual(["ink-wash"]);
  expect(files.map(({ name }) => name)).toEqual(["ink-wash.safetensors"]);
});

it("opens models in 8 bits on WebAssembly", async () => {
  await createEngine().open({ ...embedded, device: "wasm-int8" }, context());
  expect(last.options).toMatchObject({ device: "wasm", dtype: "int8" });
});

it("tells the model's size and guidance, not its steps, which the settings have for each sampler", async () => {
  const { defaults } = await createEngine().open(embedded, context());
  expect(defaults).toEqual({ width: 512, height: 512, guidanceScale: 7.5 });
});

it("keeps the open model when opening another one is cancelled", async () => {
  const engine = createEngine();
  const folder: Opened = { ...embedded, source: { kind: "folder", name: "mine", files: {} } };
  loaded.length = 0;
  await engine.open(embedded, context());
  const controller = new AbortController();
  const opening = engine.open(folder, { ...context(), signal: controller.signal });
  controller.abort();
  await expect(opening).rejects.toMatchObject({ code: "ABORTED", cause: controller.signal.reason });
  expect(loaded.map(({ name, disposed }) => [name, disposed])).toEqual([
    ["emoji", false],
    ["mine", true],
  ]);
});
