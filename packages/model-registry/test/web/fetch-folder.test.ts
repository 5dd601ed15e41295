import { readFile } from "node:fs/promises";
import { fixture } from "@sunstep/testing";
import { afterEach, describe, expect, it, vi } from "vitest";
import { fetchFolder } from "../../src/web/fetch-folder.js";

const folder = "https://models.example/sd15-onnx/";

afterEach(() => vi.unstubAllGlobals());

/** Serves the named files; others are missing. Returns the paths that were fetched whole. */
function serve(files: Readonly<Record<string, string>>): string[] {
  const fetched: string[] = [];
  vi.stubGlobal("fetch", async (url: string, { method = "GET" }: RequestInit = {}) => {
    const path = url.slice(folder.length);
    const text = files[path];
    if (text === undefined) return new Response(null, { status: 404 });
    if (method === "GET") fetched.push(path);
    return new Response(method === "HEAD" ? null : text);
  });
  return fetched;
}

const graphs = Object.fromEntries(
  ["unet", "text_encoder", "vae_decoder"].map((name) => [`${name}/model.onnx`, `graph of ${name}`]),
);
const index = { "model_index.json": "{}" };

describe("a folder of ONNX graphs on the page's own server", () => {
  it.each([
    ["optimum's, with configs", "unet/model.onnx_data", true],
    ["the second exporter's", "unet/model.onnx.data", false],
    ["diffusers', without configs", "unet/weights.pb", false],
  ])("is fetched by known names: %s", async (_, beside, hasConfigs) => {
    const config = await readFile(fixture("tiny-sd15/unet/config.json"), "utf8");
    const files: Record<string, string> = { ...index, ...graphs, [beside]: "weights" };
    if (hasConfigs) files["unet/config.json"] = config;
    const fetched = serve(files);
    const found = await fetchFolder("sd15-onnx", folder, {});
    expect(Object.keys(found).sort()).toEqual(Object.keys(files).sort());
    expect(await found["unet/model.onnx"]!.text()).toBe("graph of unet");
    expect(new Set(fetched).size).toBe(Object.keys(files).length);
  });

  it("is refused if it lacks a graph", async () => {
    const { "vae_decoder/model.onnx": _, ...others } = graphs;
    serve({ ...index, ...others });
    await expect(fetchFolder("sd15-onnx", folder, {})).rejects.toMatchObject({
      code: "MODEL_FILE_NOT_FOUND",
      message: expect.stringContaining("no vae_decoder/model.onnx"),
    });
  });

  it("is refused by its configs, before its graphs are fetched", async () => {
    const fetched = serve({ ...index, ...graphs, "unet/config.json": "[]" });
    await expect(fetchFolder("sd15-onnx", folder, {})).rejects.toMatchObject({
      code: expect.stringMatching(/^CHECKPOINT_/),
    });
    expect(fetched).not.toContain("unet/model.onnx");
  });

  it("leaves a folder that has diffusers' weights too to those", async () => {
    const fetched = serve({
      ...index,
      ...graphs,
      "unet/diffusion_pytorch_model.safetensors": "weights",
    });
    await expect(fetchFolder("both", folder, {})).rejects.toMatchObject({ code: "MODEL_NOT_FOUND" });
    expect(fetched).not.toContain("unet/model.onnx");
  });
});
