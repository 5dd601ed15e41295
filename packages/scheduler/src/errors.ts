import { defineErrors } from "@sunstep/errors";

/** Codes of the errors that this package throws. */
export const [schedulerErrors, schedulerError] = defineErrors({
  SCHEDULER_CLASS: "the config names a scheduler class that is not known",
  SCHEDULER_NAME: "the short name is not one of listSchedulers()",
  SCHEDULER_CONFIG: "the scheduler config is not a JSON object",
  SCHEDULER_OPTION:
    "an option of the config has a value that this scheduler does not take, alone or with others",
  SCHEDULER_PLAN:
    "steps, strength, timesteps or another option of the run is out of range for this scheduler",
  SCHEDULER_ZERO_SNR:
    "the model predicts noise, but the schedule starts at pure noise, where that says nothing",
  SCHEDULER_STEP: "a step was given arrays of different lengths, or out of order",
});
