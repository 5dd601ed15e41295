import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { flush, flushFile, requireSpace, writeWhole, writing } from "../src/node.js";
import { temporaryFolder } from "./temporary-folder.js";

describe("writeWhole", () => {
  it("makes missing folders, replaces a file, and leaves nothing else", async () => {
    const folder = join(temporaryFolder(), "a/b");
    await writeWhole(join(folder, "x"), Uint8Array.of(9, 9));
    await writeWhole(join(folder, "x"), "new");
    expect(readFileSync(join(folder, "x"), "utf8")).toBe("new");
    expect(readdirSync(folder)).toEqual(["x"]);
  });

  it("leaves one of the contents when several writers write at once", async () => {
    const folder = temporaryFolder();
    const contents = ["a", "b", "c", "d"].map((letter) => letter.repeat(1e6));
    await Promise.all(contents.map((content) => writeWhole(join(folder, "x"), content)));
    expect(contents).toContain(readFileSync(join(folder, "x"), "utf8"));
    expect(readdirSync(folder)).toEqual(["x"]);
  });

  it.skipIf(process.platform === "win32")("follows a link, and keeps the mode of the file", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "file"), "old");
    chmodSync(join(folder, "file"), 0o640);
    symlinkSync("file", join(folder, "link"));
    await writeWhole(join(folder, "link"), "new");
    expect(readlinkSync(join(folder, "link"))).toBe("file");
    expect(readFileSync(join(folder, "file"), "utf8")).toBe("new");
    expect(statSync(join(folder, "file")).mode & 0o777).toBe(0o640);
  });

  it.skipIf(!existsSync("/dev/full"))("leaves the old file alone when the disk is full", async () => {
    const folder = temporaryFolder();
    const [target, partial] = [join(folder, "x"), join(folder, "x.part")];
    writeFileSync(target, "old");
    symlinkSync("/dev/full", partial);
    const written = writeWhole(target, new Uint8Array(1e5), { partial, advice: "Make room." });
    await expect(written).rejects.toMatchObject({
      code: "DISK_FULL",
      message: `${target} was not written: the disk is full (ENOSPC). Make room.`,
      details: { file: target },
    });
    expect(readdirSync(folder)).toEqual(["x"]);
    expect(readFileSync(target, "utf8")).toBe("old");
  });

  it("refuses a folder, a device, and a path below a file", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "file"), "");
    for (const path of [folder, "/dev/null", join(folder, "file/x")]) {
      await expect(writeWhole(path, "x")).rejects.toMatchObject({ code: "FILE_NOT_WRITABLE" });
    }
    expect(readdirSync(folder)).toEqual(["file"]);
  });
});

describe("writing", () => {
  const failing = (errno: string) => () =>
    Promise.reject(Object.assign(new Error(`${errno}: no`), { code: errno, errno: -1 }));

  it.each([
    ["ENOSPC", "DISK_FULL", "the disk is full"],
    ["EDQUOT", "DISK_FULL", "the disk quota is used up"],
    ["EFBIG", "FILE_NOT_WRITABLE", "the file system does not hold files of this size"],
    ["EROFS", "FILE_NOT_WRITABLE", "the file system is read-only"],
    ["EIO", "FILE_NOT_WRITABLE", "EIO: no"],
  ])("turns %s into %s, with its reason", async (errno, code, reason) => {
    await expect(writing("x", failing(errno))).rejects.toMatchObject({
      code,
      message: `x was not written: ${reason} (${errno})`,
      cause: { code: errno },
    });
  });

  it("passes other errors through", async () => {
    const error = new RangeError("mine");
    await expect(writing("x", () => Promise.reject(error))).rejects.toBe(error);
  });
});

describe("requireSpace", () => {
  it("throws before a write that is larger than the disk, and for no other", async () => {
    await requireSpace(temporaryFolder(), 1);
    await requireSpace("/no/such/folder", 1e18);
    await expect(requireSpace(temporaryFolder(), 1e18, "Make room.")).rejects.toMatchObject({
      code: "DISK_FULL",
      message: expect.stringMatching(/needs 1000000000000000000 more bytes, .* Make room\./),
    });
  });
});

describe("flush", () => {
  const handle = (code?: string) =>
    ({
      sync: () => (code ? Promise.reject(Object.assign(new Error(code), { code })) : Promise.resolve()),
    }) as FileHandle;

  it.each(["ENOSYS", "ENOTSUP", "EOPNOTSUPP", "EINVAL"])(
    "does without where the file system answers %s",
    async (code) => {
      await expect(flush(handle(code))).resolves.toBeUndefined();
    },
  );

  it("reports a failing disk", async () => {
    await expect(flush(handle("EIO"))).rejects.toThrow("EIO");
  });

  it("takes the path of a closed file and leaves its content alone", async () => {
    const path = join(temporaryFolder(), "weights.bin");
    writeFileSync(path, "content");
    await flushFile(path);
    expect(readFileSync(path, "utf8")).toBe("content");
    await expect(flushFile(`${path}.missing`)).rejects.toMatchObject({ code: "ENOENT" });
  });
});
