import { openComponent } from "@sunstep/checkpoint";
import { folderTree } from "@sunstep/checkpoint/node";
import type { RgbImage } from "@sunstep/image";
import { fixture } from "@sunstep/testing";
import { describe, expect, it } from "vitest";
import { Pipeline, type ProgressEvent } from "../src/index.js";
import { quick, useEmojiPipeline } from "./emoji-pipeline.js";
import { correlation, pixel } from "./image-measures.js";

const emoji = useEmojiPipeline();

describe("the progress of Pipeline.generate", () => {
  it("reports stages and steps, with previews if asked for", async () => {
    const events: ProgressEvent[] = [];
    // Loads the networks, which would be reported too.
    await emoji.pipeline.generate("a star", { ...quick, preview: "linear", onProgress: () => undefined });
    await emoji.pipeline.generate("a star", {
      ...quick,
      preview: "linear",
      onProgress: (event) => events.push(event),
    });
    expect(
      events.map((event) =>
        event.type === "step"
          ? `${event.step}/${event.steps}`
          : event.type === "stage"
            ? event.stage
            : event.type,
      ),
    ).toEqual(["encode-prompt", "denoise", "1/2", "2/2", "decode"]);
    const previews = events.flatMap((event) => (event.type === "step" ? (event.previews ?? []) : []));
    expect(previews.map(({ width, height }) => [width, height])).toEqual([
      [8, 8],
      [8, 8],
    ]);
  });

  it("previews the colours of the image", async () => {
    const previews: RgbImage[] = [];
    const { images } = await emoji.pipeline.generate("a red apple on a blue background", {
      seed: 0,
      steps: 12,
      preview: "linear",
      onProgress: (event) => void (event.type === "step" && previews.push(...event.previews!)),
    });
    // Channel by channel, the preview rises and falls with the image at an eighth of its size.
    const small = previews.at(-1)!;
    const places = Array.from({ length: 16 * 16 }, (_, i) => [i % 16, Math.floor(i / 16)] as const);
    for (const channel of [0, 1, 2]) {
      const shown = places.map(([x, y]) => pixel(small, x, y)[channel]!);
      const painted = places.map(([x, y]) => pixel(images[0]!, 8 * x + 4, 8 * y + 4)[channel]!);
      expect(correlation(shown, painted)).toBeGreaterThan(0.75);
    }
  });

  it("previews by the tiny autoencoder where there is one, and opens it when it is first needed", async () => {
    let opened = 0;
    const component = openComponent("taesd", folderTree(fixture("tiny-taesd")));
    const taesd = () => {
      opened++;
      return component;
    };
    const own = new Pipeline({ ...emoji.components, taesd });
    const sizes = async (painter: Pipeline) => {
      const seen: number[] = [];
      await painter.generate("a star", {
        ...quick,
        preview: "auto",
        onProgress: (event) => void (event.type === "step" && seen.push(event.previews![0]!.width)),
      });
      return seen;
    };
    await own.generate("a star", quick);
    expect(opened).toBe(0);
    expect(await sizes(own)).toEqual([64, 64]);
    expect(opened).toBeGreaterThan(0);
    expect(await sizes(emoji.pipeline)).toEqual([8, 8]);
    await own.dispose();
  });

  it("decodes by the model's default, and by the VAE where that is not loaded", async () => {
    const taesd = await openComponent("taesd", folderTree(fixture("tiny-taesd")));
    const defaults = { ...emoji.components.defaults, decoder: "taesd" } as const;
    const tiny = new Pipeline({ ...emoji.components, taesd, defaults });
    const none = new Pipeline({ ...emoji.components, defaults });
    expect([tiny, none, emoji.pipeline].map((one) => one.defaults.decoder)).toEqual(["taesd", "vae", "vae"]);
    const paint = async (one: Pipeline, options = {}) =>
      (await one.generate("a star", { ...quick, steps: 1, ...options })).images[0]!.data;
    const vae = await paint(emoji.pipeline);
    expect(await paint(tiny)).toEqual(await paint(tiny, { decoder: "taesd" }));
    expect(await paint(tiny, { decoder: "vae" })).toEqual(vae);
    expect(await paint(none)).toEqual(vae);
    await Promise.all([tiny.dispose(), none.dispose()]);
  });
});
