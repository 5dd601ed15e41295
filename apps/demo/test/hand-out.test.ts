import { afterEach, expect, it, vi } from "vitest";
import { copyImage, copyText } from "../src/browser/hand-out.js";

afterEach(() => vi.unstubAllGlobals());

it("explains in a sentence why a page without https cannot copy", async () => {
  vi.stubGlobal("navigator", {});
  const unavailable = { code: "CLIPBOARD_UNAVAILABLE", message: expect.stringContaining("https") };
  await expect(copyText("x")).rejects.toMatchObject(unavailable);
  await expect(copyImage(new Blob())).rejects.toMatchObject(unavailable);
});
