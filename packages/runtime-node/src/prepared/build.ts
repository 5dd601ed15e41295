import { fork } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, rm, stat, writeFile } from "node:fs/promises";
import { availableParallelism, freemem } from "node:os";
import { join } from "node:path";
import { throwIfAborted } from "@sunstep/errors";
import { fileOfSize, flushFile } from "@sunstep/files/node";
import { type Model, readOnnx, writeOnnx } from "@sunstep/onnx-graph";
import { runtimeError } from "@sunstep/runtime";
import { weightLocations } from "../weight-locations.js";
import { cancelReorders } from "./cancel-reorders.js";
import { mergePieces } from "./merge.js";
import { type PieceResult, type PieceTask, pieceFiles } from "./piece-task.js";
import { splitModel } from "./split.js";

/** Float32 weights of one piece. A process needs about four times as much memory. */
const PIECE_BYTES = 200e6;
const PROCESSES = 2;

/**
 * Keeps freed memory in the process: returning it to the system and faulting it in again for the next piece would be a
 * quarter of the work (glibc manual, "Memory Allocation Tunables"; no effect elsewhere).
 */
const KEEP_MEMORY = "glibc.malloc.mmap_threshold=4294967296:glibc.malloc.trim_threshold=8589934592";

export interface BuildOptions {
  readonly folder: string;
  readonly signal?: AbortSignal;
  readonly pieceBytes?: number;
  /** The file to start processes from. Default: the file that this thread runs, which is also their entry. */
  readonly workerFile?: string;
  readonly onPiece?: (done: number, total: number) => void;
}

/**
 * Optimises a lowered model with ONNX Runtime and writes the result, model.onnx and its weights, to `folder`. The model
 * is cut into pieces for separate processes, because as a whole it would take twice the size of its float32 weights in
 * memory, and one core only. The weights are on the disk, not only in the system's cache, when it resolves.
 */
export async function buildPrepared(
  model: Model,
  { folder, signal, pieceBytes = PIECE_BYTES, onPiece, workerFile = process.argv[1]! }: BuildOptions,
): Promise<void> {
  const pieces = splitModel(model, pieceBytes);
  const tasks: PieceTask[] = [];
  for (const [i, piece] of pieces.entries()) {
    const locations = await weightLocations(piece);
    await writeFile(
      join(folder, pieceFiles.original(i)),
      writeOnnx(piece, locations && { locate: locations.locate }),
    );
    tasks.push({ folder, piece: i, ...(locations && { root: locations.root }) });
  }
  const waiting = [...tasks];
  const optimized: Promise<Model>[] = [];
  let done = 0;
  onPiece?.(0, tasks.length);
  const processes = Math.max(
    1,
    Math.min(PROCESSES, availableParallelism(), tasks.length, Math.floor(freemem() / (4 * PIECE_BYTES))),
  );
  const stop = new AbortController();
  const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const work = Array.from({ length: processes }, () =>
    workThrough(workerFile, waiting, either, (piece) => {
      optimized[piece] = finishPiece(folder, piece);
      // A rejection is handled below, once the processes have ended.
      optimized[piece].catch(() => undefined);
      onPiece?.(++done, tasks.length);
    }),
  );
  // If one fails, the others are stopped and awaited, because they use the folder.
  await Promise.all(work).catch(async (error: unknown) => {
    stop.abort();
    await Promise.allSettled([...work, ...optimized]);
    throwIfAborted(signal, "preparing the model");
    throw error;
  });
  const merged = cancelReorders.run(mergePieces(model, await Promise.all(optimized))).model;
  await writeFile(join(folder, "model.onnx"), writeOnnx(merged));
  for (const { piece } of tasks) {
    await rm(join(folder, pieceFiles.original(piece)));
    await rm(join(folder, pieceFiles.optimized(piece)));
  }
}

/** Starts a process that takes tasks off the list until it is empty. */
function workThrough(
  workerFile: string,
  tasks: PieceTask[],
  signal: AbortSignal,
  onDone: (piece: number) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = fork(workerFile, {
      execArgv: [],
      stdio: ["ignore", "ignore", "ignore", "ipc"],
      env: { ...process.env, GLIBC_TUNABLES: KEEP_MEMORY },
    });
    let failure: Error | undefined;
    const stop = () => child.kill("SIGKILL");
    const next = () => {
      const task = signal.aborted ? undefined : tasks.shift();
      if (task) child.send(task);
      else child.disconnect();
    };
    child.on("message", (result: PieceResult) => {
      if ("error" in result) failure = new Error(result.error);
      else onDone(result.piece);
      if (failure) child.disconnect();
      else next();
    });
    child.on("error", (error) => {
      failure ??= error;
      // A process that could not be started does not emit "exit".
      if (child.pid === undefined) reject(error);
    });
    child.on("exit", (code, killedBy) => {
      signal.removeEventListener("abort", stop);
      if (failure) reject(failure);
      else if (signal.aborted) reject(signal.reason);
      else if (killedBy === "SIGKILL")
        reject(
          runtimeError(
            "OUT_OF_MEMORY",
            "the system ended the process that prepares the model: there is not enough memory",
          ),
        );
      else if (code !== 0)
        reject(new Error(`the process that prepares the model ended with ${killedBy ?? `code ${code}`}`));
      else resolve();
    });
    signal.addEventListener("abort", stop);
    next();
  });
}

/** Reads an optimised piece, and writes its weights to the disk while processes work on other pieces. */
async function finishPiece(folder: string, piece: number): Promise<Model> {
  const weights = join(folder, pieceFiles.weights(piece));
  const [model] = await Promise.all([
    readPiece(folder, piece),
    existsSync(weights) ? flushFile(weights) : undefined,
  ]);
  return model;
}

async function readPiece(folder: string, piece: number): Promise<Model> {
  const onnx = await readFile(join(folder, pieceFiles.optimized(piece)));
  return readOnnx(onnx, {
    file: pieceFiles.optimized(piece),
    open: async (location) => {
      const path = join(folder, location);
      return fileOfSize(path, (await stat(path)).size, location);
    },
  });
}
