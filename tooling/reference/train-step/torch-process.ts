import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A PyTorch process that runs train steps on demand. */
export interface TorchProcess {
  /** Description: version, threads, number of trained weights. */
  readonly about: { readonly torch: string; readonly threads: number; readonly weights: number };
  /** Runs one step and returns its duration. */
  step(precision: "float32" | "bfloat16"): Promise<number>;
  end(): Promise<void>;
}

/** Starts `train_step.py`; one line of JSON in, one line out. */
export async function startTorch(python: string, settings: unknown): Promise<TorchProcess> {
  const script = fileURLToPath(new URL("train_step.py", import.meta.url));
  const child = spawn(python, ["-B", script], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise<void>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? resolve() : reject(new Error(`${python} ended with ${code}`))));
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (line: string): Promise<unknown> => {
    child.stdin.write(`${line}\n`);
    const { value, done } = await Promise.race([lines.next(), ended.then(() => ({ value: "", done: true }))]);
    if (done) throw new Error(`${python} ended before it answered`);
    return JSON.parse(value);
  };
  const about = (await ask(JSON.stringify(settings))) as TorchProcess["about"];
  return {
    about,
    async step(precision) {
      const { milliseconds, loss } = (await ask(precision)) as { milliseconds: number; loss: number };
      if (!Number.isFinite(loss)) throw new Error(`PyTorch's loss is ${loss}`);
      return milliseconds;
    },
    async end() {
      child.stdin.end();
      await ended;
    },
  };
}
