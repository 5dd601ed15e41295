import { afterEach, expect, it, vi } from "vitest";
import type { ProgressEvent } from "../../src/index.js";
import { download } from "../../src/web/download/download.js";
import { fetchFile, fetchIfThere } from "../../src/web/fetch-file.js";
import { resolveWebModel } from "../../src/web.js";

const url = "https://models.example/a.safetensors";
const of = { name: "a", file: "a.safetensors" };

afterEach(() => vi.unstubAllGlobals());

function answer(make: () => Response) {
  vi.stubGlobal("fetch", async () => make());
}

const page = { headers: { "content-type": "text/html; charset=utf-8" } };

it("treats a web page in place of a file as a missing file, and an error page as the error", async () => {
  answer(() => new Response("<html>", page));
  expect(await fetchIfThere(url, of)).toBeUndefined();
  answer(() => new Response("<html>", { ...page, status: 403 }));
  await expect(fetchIfThere(url, of)).rejects.toMatchObject({ code: "MODEL_ACCESS_DENIED" });
});

it("reports a cut download as failed and a cancelled one as cancelled", async () => {
  const controller = new AbortController();
  const cut = () =>
    new Response(
      new ReadableStream({
        pull: (stream) => stream.error(new TypeError("network error")),
      }),
    );
  answer(cut);
  await expect(fetchFile(url, of)).rejects.toMatchObject({
    code: "DOWNLOAD_FAILED",
    message: expect.stringContaining("a.safetensors was cut off"),
  });
  const reason = new Error("enough");
  answer(() => {
    controller.abort(reason);
    return cut();
  });
  await expect(fetchFile(url, { ...of, signal: controller.signal })).rejects.toBe(reason);
});

it("does not report the compressed length as the file's", async () => {
  const headers = { "content-length": "3", "content-encoding": "gzip" };
  const events: ProgressEvent[] = [];
  answer(() => new Response("longer than that", { headers }));
  await fetchFile(url, { ...of, onProgress: (event) => events.push(event) });
  expect(events.filter((event) => "total" in event)).toEqual([]);
});

it("downloads in a page that has neither locks nor storage", async () => {
  vi.stubGlobal("navigator", {});
  answer(() => new Response("weights", { headers: { "content-length": "7" } }));
  const blob = await download({ subject: { url }, ...of });
  expect(await blob.text()).toBe("weights");
});

it("does not take a property of every object for a served model", async () => {
  vi.stubGlobal("location", new URL("https://page.example/"));
  await expect(resolveWebModel("constructor", { served: {} })).rejects.toMatchObject({
    code: "MODEL_UNKNOWN",
  });
});
