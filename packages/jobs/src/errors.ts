import { defineErrors } from "@sunstep/errors";

/** Codes of this package's errors; the first four are also codes of `Job.failure`. */
export const [jobsErrors, jobsError] = defineErrors({
  JOB_CANCELLED: "the job was cancelled",
  JOB_DEADLINE: "the job was not done in the time that it had",
  JOB_LOST: "workers ended in the middle of the job, more often than it is begun anew",
  JOB_FAILED: "the worker failed in an unexpected way",
  JOB_QUEUE_FULL: "as many jobs wait as may",
  JOB_UNKNOWN: "there is no job of this id, or it ended long ago",
  JOBS_CLOSED: "the queue was closed",
  JOBS_FOLDER_IN_USE: "another process has the queue's folder open",
  BLOB_ADDRESS: "a blob's address is not a SHA-256 in hexadecimal",
});
