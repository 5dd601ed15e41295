import type { ByteSource } from "@sunstep/files";
import type { Runtime } from "../runtime.js";

/** A runtime to be judged, and what it needs from where it runs. */
export interface ConformanceTarget {
  createRuntime(): Promise<Runtime>;
  /** Puts bytes where the runtime can point to them: in a file on disk, in a Blob. */
  store(bytes: Uint8Array, name: string): Promise<ByteSource>;
  /** Relative and absolute tolerance of float32 results. Default 1e-5. */
  readonly tolerance?: number;
}

/** What the cases have to work with. */
export interface Bench {
  /** One runtime that all cases share. */
  runtime(): Promise<Runtime>;
  readonly target: ConformanceTarget;
  readonly tolerance: number;
}

export type CaseTable = Readonly<Record<string, (bench: Bench) => Promise<void>>>;
