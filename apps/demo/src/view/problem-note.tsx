import type { Controller } from "../control/controller.js";
import type { Problem, WayOn } from "../state/problems.js";
import { leaveFocus } from "./focus.js";
import { Icon } from "./icon.js";

const labels: Readonly<Record<WayOn, string>> = {
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
  // A model that is still open need not give way to the embedded one.
  const waysOn = problem.waysOn.filter((way) => way !== "embedded" || !hasModel);
  return (
    <div class="problem" role="alert">
      <p>{problem.sentence}</p>
      <div class="buttons">
        {waysOn.map((way) => (
          <button
            key={way}
            type="button"
            class="secondary"
            onClick={(event) => {
              leaveFocus(event.currentTarget);
              controller.takeWayOn(way);
            }}
          >
            {labels[way]}
          </button>
        ))}
        <button
          type="button"
          class="plain"
          aria-label="Close"
          onClick={(event) => {
            leaveFocus(event.currentTarget);
            controller.dismiss();
          }}
        >
          <Icon name="close" />
        </button>
      </div>
    </div>
  );
}
