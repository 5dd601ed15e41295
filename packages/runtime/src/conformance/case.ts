import type { ByteSource } from "@sunstep/files";
import type { Runtime } from "../runtime.js";

/** The runtime under test, and the access to its environment that the cases need. */
export interface ConformanceTarget {
  createRuntime(): Promise<Runtime>;
  /** Stores bytes where the runtime can read them: in a file on disk or in a Blob. */
  store(bytes: Uint8Array, name: string): Promise<ByteSource>;
  /** Relative and absolute tolerance of float32 results. Default 1e-5. */
  readonly tolerance?: number;
}

/** The equipment of the cases. */
export interface Bench {
  /** Returns the runtime that all cases share. */
  runtime(): Promise<Runtime>;
  readonly target: ConformanceTarget;
  readonly tolerance: number;
}

export type CaseTable = Readonly<Record<string, (bench: Bench) => Promise<void>>>;
