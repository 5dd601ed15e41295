import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { fileHashes } from "../src/prepared/file-hashes.js";

const folder = await mkdtemp(join(tmpdir(), "sunstep-hashes-"));
afterAll(() => rm(folder, { recursive: true }));

const [a, b] = [join(folder, "a"), join(folder, "b")];
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const memory = join(folder, "cache/hashes.json");

it("hashes contents again when they change", async () => {
  await writeFile(a, "first");
  await writeFile(b, "other");
  expect(await fileHashes(join(folder, "cache"), [a, b])).toEqual([sha256("first"), sha256("other")]);
  await writeFile(a, "second");
  expect(await fileHashes(join(folder, "cache"), [b, a])).toEqual([sha256("other"), sha256("second")]);
});

it("remembers hashes", async () => {
  const known = JSON.parse(await readFile(memory, "utf8")) as [string, string][];
  await writeFile(memory, JSON.stringify(known.map(([identity]) => [identity, "remembered"])));
  expect(await fileHashes(join(folder, "cache"), [b])).toEqual(["remembered"]);
  await writeFile(memory, "damaged");
  expect(await fileHashes(join(folder, "cache"), [b])).toEqual([sha256("other")]);
});

it("remembers hashes of concurrent calls after the next call at the latest", async () => {
  await rm(memory);
  await Promise.all([a, b].map((path) => fileHashes(join(folder, "cache"), [path])));
  await Promise.all([a, b].map((path) => fileHashes(join(folder, "cache"), [path])));
  const known = JSON.parse(await readFile(memory, "utf8")) as [string, string][];
  expect(known.map(([, hash]) => hash).sort()).toEqual([sha256("second"), sha256("other")].sort());
});

it("stops reading when it is aborted, and remembers nothing", async () => {
  await writeFile(a, "third");
  const aborted = fileHashes(join(folder, "cache"), [a], AbortSignal.abort());
  await expect(aborted).rejects.toMatchObject({ name: "AbortError" });
  expect(await fileHashes(join(folder, "cache"), [a])).toEqual([sha256("third")]);
});

it("names a missing file", async () => {
  const gone = fileHashes(join(folder, "cache"), [join(folder, "gone")]);
  await expect(gone).rejects.toMatchObject({ code: "EXTERNAL_DATA_MISSING" });
});
