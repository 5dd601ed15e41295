import { homedir, tmpdir } from "node:os";
import { resolve } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { hubCacheFolder, hubEndpoint, hubToken, isOffline } from "../src/node/environment.js";
import { resolveModel } from "../src/node.js";

vi.mock(import("node:os"), async (original) => {
  const real = await original();
  return { ...real, homedir: vi.fn(real.homedir) };
});

describe("environment", () => {
  // Precedence of huggingface_hub's constants.py.
  it.each([
    [{ HOME: "/h" }, "/h/.cache/huggingface/hub"],
    [{ HOME: "/h", XDG_CACHE_HOME: "/x" }, "/x/huggingface/hub"],
    [{ XDG_CACHE_HOME: "/x", HF_HOME: "/f" }, "/f/hub"],
    [{ HF_HOME: "/f", HUGGINGFACE_HUB_CACHE: "/old" }, "/old"],
    [{ HUGGINGFACE_HUB_CACHE: "/old", HF_HUB_CACHE: "/new" }, "/new"],
    [{ HOME: "/h", HF_HUB_CACHE: "~/c" }, "/h/c"],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a shell's braces
    [{ DISK: "/d", HF_HOME: "$DISK/${DISK}/$NONE" }, "/d/d/$NONE/hub"],
  ])("%j keeps the hub's files in %s", (env, expected) => {
    expect(hubCacheFolder(env)).toBe(resolve(expected));
  });

  it("reads endpoint, token and the offline switch", () => {
    expect(hubEndpoint({})).toBe("https://huggingface.co");
    expect(hubEndpoint({ HF_ENDPOINT: "https://mirror/x//" })).toBe("https://mirror/x");
    expect(hubToken({ HOME: "/nowhere" })).toBeUndefined();
    expect(hubToken({ HF_TOKEN: "a", HUGGING_FACE_HUB_TOKEN: "b" })).toBe("a");
    expect(hubToken({ HUGGING_FACE_HUB_TOKEN: "b" })).toBe("b");
    expect(hubToken({ HF_TOKEN: "a", HF_HUB_DISABLE_IMPLICIT_TOKEN: "1" })).toBeUndefined();
    expect([isOffline({}), isOffline({ HF_HUB_OFFLINE: "0" })]).toEqual([false, false]);
    for (const value of ["1", "ON", "yes", "True"]) expect(isOffline({ HF_HUB_OFFLINE: value })).toBe(true);
    expect(isOffline({ TRANSFORMERS_OFFLINE: "1" })).toBe(true);
  });
});

it("does not look for a home folder to find a model on the disk", async () => {
  vi.mocked(homedir).mockImplementation(() => {
    throw new Error("uv_os_homedir returned ENOENT");
  });
  expect(await resolveModel(tmpdir(), { env: {} })).toMatchObject({ kind: "folder" });
  expect(homedir).not.toHaveBeenCalled();
});
