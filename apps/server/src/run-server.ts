import { join } from "node:path";
import { type Console, optionsHelp, parseOptions, showError, USAGE, usageError } from "@sunstep/command-line";
import { SunstepError } from "@sunstep/errors";
import { sunstepCacheFolder } from "@sunstep/files/node";
import { openFolderQueue } from "@sunstep/jobs";
import { version } from "sunstep";
import { createApp } from "./app.js";
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
    if (values.help) for (const line of help()) context.console.result(line);
    else if (values.version) context.console.result(version);
    else if (positionals.length > 0) throw usageError(`${positionals[0]} is not an option; see --help`);
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
  "",
  ...optionsHelp(serverOptions),
];

async function serve(values: ServerValues, { console, signal }: ServerContext): Promise<void> {
  const { host = "127.0.0.1", port = 7860, queue: maxWaiting } = values;
  const mostSteps = values["most-steps"];
  const folder = values.data ?? join(sunstepCacheFolder(process.env), "server");
  const queue = await openFolderQueue(folder, maxWaiting === undefined ? {} : { maxWaiting });
  const { worker, pool, models } = await openPainter(values);
  await queue.serve(worker);
  const app = await createApp({
    queue,
    settings: mostSteps === undefined ? {} : { sunstep_most_steps: mostSteps },
  });
  const address = await app.listen({ host, port });
  console.note(`serving ${models.join(", ")} at ${address}`);
  await new Promise<void>((done) => signal.addEventListener("abort", () => done(), { once: true }));
  console.note("finishing the running image");
  await queue.close();
  await app.close();
  await pool.dispose();
}
