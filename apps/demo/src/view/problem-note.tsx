import type { Controller } from "../control/controller.js";
import type { Problem, RecoveryAction } from "../state/problem.js";
import { leaveFocus } from "./focus.js";
import { IconButton } from "./icon-button.js";

const labels: Readonly<Record<RecoveryAction, string>> = {
  smaller: "Make it smaller",
  reload: "Load the model again",
  embedded: "Use the embedded model",
  retry: "Try again",
};

export function ProblemNote({
  problem,
  hasModel,
  controller,
}: {
  readonly problem: Problem;
  readonly hasModel: boolean;
  readonly controller: Controller;
}) {
  // Offered only if no model is open.
  const recoveries = problem.recoveries.filter((action) => action !== "embedded" || !hasModel);
  return (
    <div class="problem" role="alert">
      <p>{problem.sentence}</p>
      <div class="buttons">
        {recoveries.map((action) => (
          <button
            key={action}
            type="button"
            class="secondary"
            onClick={(event) => {
              leaveFocus(event.currentTarget);
              controller.recover(action);
            }}
          >
            {labels[action]}
          </button>
        ))}
        <IconButton
          icon="close"
          label="Close"
          onClick={(event) => {
            leaveFocus(event.currentTarget);
            controller.dismiss();
          }}
        />
      </div>
    </div>
  );
}
