import { chmodSync, lstatSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { sunstepCacheFolder } from "../src/node.js";
import { temporaryFolder } from "./temporary-folder.js";

let home: () => string = homedir;
let temporary = "";
vi.mock(import("node:os"), async (original) => {
  const real = await original();
  return { ...real, homedir: () => home(), tmpdir: () => temporary || real.tmpdir() };
});

describe("sunstepCacheFolder", () => {
  it.each([
    [{ HOME: "/h" }, "/h/.cache/sunstep"],
    [{ HOME: "/h", XDG_CACHE_HOME: "/x" }, "/x/sunstep"],
    [{ XDG_CACHE_HOME: "/x", SUNSTEP_CACHE: "/s" }, "/s"],
    [{ HOME: "/h", DISK: "d", SUNSTEP_CACHE: "~/$DISK/s" }, "/h/d/s"],
  ])("of %j is %s", (env, expected) => {
    expect(sunstepCacheFolder(env)).toBe(resolve(expected));
  });

  it("asks the system for the home folder that the environment does not name", () => {
    home = () => "/users/me";
    expect(sunstepCacheFolder({})).toBe(resolve("/users/me/.cache/sunstep"));
  });
});

describe.runIf(process.platform !== "win32")("a user without a home folder", () => {
  const warnings = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
  // Each test begins as a new process does: with no folder chosen.
  const freshModule = async () => (await import("../src/node.js")).sunstepCacheFolder;

  beforeEach(() => {
    vi.resetModules();
    warnings.mockClear();
    temporary = "";
    temporary = temporaryFolder();
    // As Node does in a container that runs as a user without an entry in /etc/passwd.
    home = () => {
      throw Object.assign(new Error("uv_os_homedir returned ENOENT"), { code: "ERR_SYSTEM_ERROR" });
    };
  });

  const named = () => join(temporary, `sunstep-cache-${process.getuid!()}`);

  it("gets a private folder among the temporary files, and one warning", async () => {
    const folder = await freshModule();
    expect([folder({}), folder({})]).toEqual([join(named(), "sunstep"), join(named(), "sunstep")]);
    expect(lstatSync(named()).mode & 0o777).toBe(0o700);
    expect(warnings).toHaveBeenCalledExactlyOnceWith(
      expect.stringContaining(named()),
      expect.objectContaining({ code: "NO_HOME_FOLDER" }),
    );
  });

  it("gets the same folder in the next process", async () => {
    (await freshModule())({});
    vi.resetModules();
    expect((await freshModule())({})).toBe(join(named(), "sunstep"));
  });

  it("gets another folder if others may write to the usual one", async () => {
    mkdirSync(named());
    chmodSync(named(), 0o777);
    const folder = (await freshModule())({});
    expect(folder).toMatch(`${named()}-`);
    expect(lstatSync(join(folder, "..")).mode & 0o777).toBe(0o700);
  });

  it("needs none if SUNSTEP_CACHE is set", async () => {
    expect((await freshModule())({ SUNSTEP_CACHE: "/s" })).toBe("/s");
    expect(warnings).not.toHaveBeenCalled();
  });
});
