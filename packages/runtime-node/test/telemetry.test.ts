import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { runFile } from "./run-file.js";

const folder = await mkdtemp(join(tmpdir(), "sunstep-telemetry-"));
afterAll(() => rm(folder, { recursive: true }));

const hasStrace = spawnSync("strace", ["-V"]).status === 0;
const source = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);

/** Prepares a model, runs it, and waits for what ONNX Runtime does in the background. */
const script = `
  import { setTimeout } from "node:timers/promises";
  import { createNodeRuntime } from ${source("../src/index.ts")};
  import { residualFeeds, residualNet } from ${source("./models.ts")};
  const [cache, weights] = process.argv.slice(3);
  const runtime = await createNodeRuntime({ cache: { folder: cache, minWeightBytes: 0 } });
  const session = await runtime.load(await residualNet(weights, 2), {
    onEvent: (event) => console.log(event.type, event.done ?? event.message),
  });
  await session.run(residualFeeds(0.5));
  await setTimeout(500);
  await runtime.dispose();
  console.log(process.env.ORT_DISABLE_TELEMETRY);
`;

/** Runs the script in empty folders and returns the files it left there and the system calls it made. */
async function run(name: string, env: Readonly<Record<string, string>>, code = script) {
  const at = (path: string) => join(folder, name, path);
  const empty = ["home", "temporary", "cwd"];
  for (const path of [...empty, "cache"]) await mkdir(at(path), { recursive: true });
  await writeFile(at("script.mts"), code);
  const { code: exit, output } = await runFile(pathToFileURL(at("script.mts")), {
    args: [at("cache"), at("weights.bin")],
    cwd: at("cwd"),
    // Without the variables by which ONNX Runtime knows a test or a build server, where it is silent anyway.
    env: {
      PATH: process.env.PATH!,
      HOME: at("home"),
      TMPDIR: at("temporary"),
      TSX_DISABLE_CACHE: "1",
      ...env,
    },
    ...(hasStrace && { under: ["strace", "-f", "-e", "trace=connect,sendto,sendmmsg", "-o", at("calls")] }),
  });
  expect(exit, output).toBe(0);
  const files = await Promise.all(empty.map((path) => readdir(at(path), { recursive: true })));
  const calls = hasStrace ? await readFile(at("calls"), "utf8") : "";
  return {
    output,
    files: files.flat(),
    network: calls.split("\n").filter((call) => call.includes("AF_INET")),
  };
}

describe("ONNX Runtime's telemetry", () => {
  it("writes no file and looks up no host, neither in the worker nor in the preparing process", async () => {
    const { output, files, network } = await run("off", {});
    expect(output).toBe("prepare 0\nprepare 1\n1\n");
    expect({ files, network }).toEqual({ files: [], network: [] });
  });

  it.runIf(process.platform === "linux")("is left as the user set it", async () => {
    const { output, files } = await run("on", { ORT_DISABLE_TELEMETRY: "0" });
    expect(output).toMatch(/\n0\n$/);
    expect(files).not.toEqual([]);
  });

  it.runIf(hasStrace)("would be seen looking up a host", async () => {
    const code = `import { lookup } from "node:dns"; lookup("sunstep.invalid", () => undefined);`;
    expect((await run("look-up", {}, code)).network).not.toEqual([]);
  });

  it("is warned of in a thread that cannot turn it off", async () => {
    const code = `
      import { Worker } from "node:worker_threads";
      const [, , module, ...rest] = process.argv;
      const file = new URL("./thread.mts", module).href;
      new Worker(new URL(${source("./from-source.mjs")}), { argv: [file, ...rest] });`;
    await mkdir(join(folder, "thread"), { recursive: true });
    await writeFile(join(folder, "thread", "thread.mts"), script);
    expect((await run("thread", {}, code)).output).toContain("warning ONNX Runtime may report");
    const told = await run("thread", { ORT_DISABLE_TELEMETRY: "1" }, code);
    expect(told.output).not.toContain("warning");
  });
});
