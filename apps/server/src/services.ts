import type { JobQueue } from "@sunstep/jobs";
import type { Style } from "./a1111/styles.js";
import type { Limits } from "./http/limits.js";
import type { Submitter } from "./http/submit.js";
import type { Catalogue } from "./library/catalogue.js";
import type { SettingsStore } from "./settings.js";

/** The state that all routes share. */
export interface Services {
  readonly queue: JobQueue;
  readonly limits: Limits;
  readonly submitter: Submitter;
  readonly settings: SettingsStore;
  /** The models of all workers that are alive. */
  readonly catalogue: () => Promise<Catalogue>;
  /** Texts that requests add to prompts by name. */
  readonly styles: readonly Style[];
  /** The files of the page at / are served. */
  readonly hasPage: boolean;
  /** Reads the folders of models anew, where they are on this machine. */
  readonly refresh: () => Promise<void>;
}
