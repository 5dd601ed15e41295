// Starts that fail, and a start without models.

import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openFolderQueue } from "@sunstep/jobs";
import { afterAll, expect, it } from "vitest";
import { runServer } from "../src/run-server.js";

const folder = await mkdtemp(join(tmpdir(), "sunstep-start-"));
afterAll(() => rm(folder, { recursive: true, force: true }));
const data = join(folder, "data");

/** Runs the program until it has said `until`, or has ended by itself. */
async function run(args: readonly string[], until?: string) {
  const controller = new AbortController();
  const lines: string[] = [];
  const note = (line: string) => {
    lines.push(line);
    if (until !== undefined && line.includes(until)) controller.abort();
  };
  const console = { hasBar: false, note, result: note, progress: () => undefined, clear: () => undefined };
  const code = await runServer([...args, "--data", data], { console, signal: controller.signal });
  return { code, text: lines.join("\n") };
}

const other = createServer();
await new Promise<void>((done) => other.listen(0, "127.0.0.1", done));
afterAll(() => other.close());
const { port } = other.address() as AddressInfo;

it.each([
  [["--models", "./nothere"], "FOLDER_UNREADABLE: folder ./nothere cannot be read"],
  [["--model", "./nothere.safetensors"], "MODEL_NOT_FOUND: there is no file or folder"],
  [["--model", "emojy"], 'MODEL_UNKNOWN: there is no model named "emojy"'],
  [["--sun", "./nothere.safetensors"], "MODEL_NOT_FOUND: there is no file or folder"],
  [
    ["--port", String(port)],
    `ADDRESS_UNUSABLE: cannot listen at 127.0.0.1, port ${port}: another program listens there; give another --port`,
  ],
])("refuses %j and leaves nothing open", async (args, message) => {
  const { code, text } = await run(args);
  expect(text).toContain(`error ${message}`);
  expect(code).toBe(1);
  // Its lock would forbid this.
  await (await openFolderQueue(data)).close();
});

it("starts with an empty folder of models, and says what it lacks", async () => {
  const empty = join(folder, "checkpoints");
  await mkdir(empty);
  const { code, text } = await run(["--models", empty, "--port", "0"], "serving");
  expect(code).toBe(0);
  expect(text).toContain(`warning: ${empty} has neither .safetensors files nor diffusers' folders`);
  expect(text).toContain("serving no model yet at http://127.0.0.1:");
});
