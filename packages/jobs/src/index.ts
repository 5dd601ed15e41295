export type { BlobStore } from "./blobs.js";
export { jobsErrors } from "./errors.js";
export { type FolderQueueOptions, openFolderQueue } from "./folder/folder-queue.js";
export {
  hasEnded,
  type Job,
  type JobEvent,
  type JobFailure,
  type JobSignal,
  type JobSpec,
  type JobState,
} from "./job.js";
export type { Json } from "./json.js";
export type {
  AddOptions,
  JobContext,
  JobQueue,
  JobWorker,
  Offer,
  QueueCounts,
  QueueOptions,
} from "./queue.js";
export { waitForJob } from "./wait-for-job.js";
