import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Console, optionsHelp, parseOptions, showError, USAGE, usageError } from "@sunstep/command-line";
import { SunstepError } from "@sunstep/errors";
import { sunstepCacheFolder } from "@sunstep/files/node";
import { type JobQueue, openFolderQueue } from "@sunstep/jobs";
import { openRedisQueue } from "@sunstep/jobs/redis";
import { version } from "sunstep";
import { parseStyles, type Style } from "./a1111/styles.js";
import { createApp } from "./app.js";
import { appOptions, isLoopback } from "./app-options.js";
import { serverError } from "./errors.js";
import { openPainter, type ServerValues } from "./open-painter.js";
import { serverOptions } from "./options.js";

export interface ServerContext {
  readonly console: Console;
  /** Aborted by Ctrl-C: the running image is finished, and those that wait are made by the next start. */
  readonly signal: AbortSignal;
}

/** Runs the program until its signal, and resolves to the exit code: 0 done, 1 failed, 2 usage error. */
export async function runServer(args: readonly string[], context: ServerContext): Promise<number> {
  try {
    const { values, positionals } = parseOptions(serverOptions, args);
    const [command, ...rest] = positionals;
    if (values.help) for (const line of help()) context.console.result(line);
    else if (values.version) context.console.result(version);
    else if (rest.length > 0 || (command !== undefined && command !== "worker"))
      throw usageError(`${rest[0] ?? command} is neither an option nor "worker"; see --help`);
    else if (command === "worker") await work(values, context);
    else await serve(values, context);
    return 0;
  } catch (error) {
    showError(context.console, error, { verbose: args.includes("--verbose") });
    return SunstepError.isInstance(error, USAGE) ? 2 : 1;
  }
}

const help = () => [
  `sunstep-server ${version}: images by the APIs of OpenAI and AUTOMATIC1111`,
  "",
  "  sunstep-server --model ./my-model.safetensors",
  "  sunstep-server --redis redis://host                 a front: takes requests, computes nothing",
  "  sunstep-server worker --redis redis://host --model ./my-model.safetensors",
  "",
  ...optionsHelp(serverOptions),
];

/** Milliseconds between two looks into the folders of models. */
const LOOK_EVERY = 30_000;

async function serve(values: ServerValues, context: ServerContext): Promise<void> {
  const { host = "127.0.0.1", port = 7860, redis } = values;
  const options = appOptions(values, process.env);
  const styles = values.styles === undefined ? [] : await readStyles(values.styles);
  await untilAborted(context, async (closing) => {
    const queue = await openQueue(values);
    closing.push(() => queue.close());
    const painting = redis === undefined ? await startPainting(queue, values, context) : undefined;
    const app = await createApp({
      ...options,
      styles,
      page: pageFolder(),
      queue,
      ...(painting && { refresh: painting.refresh }),
    });
    closing.push(() => app.close());
    if (painting) closing.push(painting.stop);
    const address = await app.listen({ host, port }).catch((cause: NodeJS.ErrnoException) => {
      throw unusable(host, port, cause);
    });
    if (options.token === undefined && !isLoopback(host))
      context.console.note("warning: anyone who reaches this address may use the server: give it a --token");
    context.console.note(`serving ${painting?.served ?? "the workers of Redis"} at ${address}`);
  });
}

async function work(values: ServerValues, context: ServerContext): Promise<void> {
  if (values.redis === undefined)
    throw usageError("a worker needs the queue of its fronts: give --redis URL");
  await untilAborted(context, async (closing) => {
    const queue = await openQueue(values);
    closing.push(() => queue.close());
    const painting = await startPainting(queue, values, context);
    closing.push(painting.stop);
    context.console.note(`working on ${painting.served}`);
  });
}

type Closing = (() => Promise<unknown>)[];

/** Starts, waits for the signal, and closes in order. A failed start is closed too: an open queue keeps the process alive. */
async function untilAborted(
  { console, signal }: ServerContext,
  start: (closing: Closing) => Promise<void>,
): Promise<void> {
  const closing: Closing = [];
  try {
    await start(closing);
    await aborted(signal);
    console.note("finishing the running image");
  } finally {
    for (const close of closing) await close();
  }
}

function unusable(host: string, port: number, cause: NodeJS.ErrnoException) {
  const reason =
    cause.code === "EADDRINUSE" ? "another program listens there; give another --port" : cause.message;
  return serverError("ADDRESS_UNUSABLE", `cannot listen at ${host}, port ${port}: ${reason}`, {
    host,
    port,
    cause,
  });
}

/** The page's folder, beside the program; undefined where the program runs from its sources and nothing was built. */
function pageFolder(): string | undefined {
  const folder = fileURLToPath(new URL("../dist/page", import.meta.url));
  return existsSync(folder) ? folder : undefined;
}

async function readStyles(file: string): Promise<Style[]> {
  const text = await readFile(file, "utf8").catch((cause: Error) => {
    throw usageError(`--styles ${file} cannot be read: ${cause.message}`);
  });
  return parseStyles(text);
}

async function openQueue({ redis, data, keep, queue: maxWaiting }: ServerValues): Promise<JobQueue> {
  const bounds = {
    ...(maxWaiting !== undefined && { maxWaiting }),
    ...(keep !== undefined && { keepEnded: keep * 1000 }),
  };
  if (redis !== undefined) return openRedisQueue(redis, bounds);
  return openFolderQueue(data ?? join(sunstepCacheFolder(process.env), "server"), bounds);
}

/** Lets this process run jobs of the queue. */
async function startPainting(queue: JobQueue, values: ServerValues, { console }: ServerContext) {
  const { worker, pool, library } = await openPainter(values);
  await queue.serve(worker);
  const looking = setInterval(() => library.refresh().catch(() => undefined), LOOK_EVERY);
  const served = worker.offer.models.join(", ");
  if (served === "")
    console.note(
      `warning: ${values.models} has neither .safetensors files nor diffusers' folders; those that you add are found within ${LOOK_EVERY / 1000} s`,
    );
  return {
    served: served || "no model yet",
    refresh: () => library.refresh(),
    async stop() {
      clearInterval(looking);
      await pool.dispose();
    },
  };
}

const aborted = (signal: AbortSignal) =>
  new Promise<void>((done) => {
    if (signal.aborted) done();
    signal.addEventListener("abort", () => done(), { once: true });
  });
