import { fileURLToPath } from "node:url";
import { openComponent, openSafetensors } from "@sunstep/checkpoint";
import { folderTree } from "@sunstep/checkpoint/node";
import { emojiModelUrl } from "@sunstep/emoji-model";
import { fileSource } from "@sunstep/files/node";
import { readSunAdapter } from "@sunstep/sun-adapter";
import { fixture } from "@sunstep/testing";
import { describe, expect, it } from "vitest";
import { checkSunAdapter } from "../src/index.js";

describe("checkSunAdapter", () => {
  it("accepts an adapter for the U-Net, and names both shapes of one for another", async () => {
    const adapter = readSunAdapter(
      await openSafetensors(await fileSource(fixture("sun/tiny-sd15_plain.safetensors"))),
    );
    const tiny = await openComponent("unet", folderTree(fixture("tiny-sd15/unet")));
    const emoji = await openComponent("unet", folderTree(fileURLToPath(new URL("unet", emojiModelUrl))));
    checkSunAdapter(tiny, adapter);
    // The adapter's first layer has width 16, the embedded model's 64.
    expect(() => checkSunAdapter(emoji, adapter)).toThrow(/\[16, 16\].*\[64, 256\]/);
  });
});
