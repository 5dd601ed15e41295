import { type Console, formatBytes } from "@sunstep/command-line";
import type { DistillEvent, DistillListener } from "@sunstep/distillation";

/** Steps between two lines of losses where there is no bar. */
const STEPS_PER_LINE = 50;

/** Returns a listener that shows a training run: readable lines, and with `json` also every event. */
export function showTraining(console: Console, json: boolean): DistillListener {
  return (event) => {
    if (json) console.result(JSON.stringify(event));
    switch (event.type) {
      case "start":
        if (event.checkpoint) console.note(`resuming after step ${event.step}, from ${event.checkpoint}`);
        return console.progress("training");
      case "memory": {
        const again = Math.round(100 * event.repeated);
        return console.note(
          `about ${formatBytes(event.bytes)} of ${formatBytes(event.limit)}; ${again}% of the student is computed twice`,
        );
      }
      case "steps":
        return console.note(`${event.steps} steps fit into the given time`);
      case "step":
        return showStep(console, event);
      case "checkpoint":
      case "preview":
        return console.note(`step ${event.step}: ${event.file}`);
      case "warning":
        return console.note(`warning: ${event.message}`);
    }
  };
}

function showStep(console: Console, event: Extract<DistillEvent, { type: "step" }>): void {
  const { step, steps, recent, samplesPerSecond, secondsLeft } = event;
  if (!console.hasBar && step % STEPS_PER_LINE !== 0 && step !== steps && step !== 1) return;
  const losses = (["loss", "msc", "cfg"] as const)
    .filter((name) => Number.isFinite(recent[name]))
    .map((name) => `${name} ${recent[name].toFixed(4)}`);
  const line = [
    `step ${step}/${steps ?? "?"}`,
    losses.join(" "),
    `${samplesPerSecond.toFixed(1)} images/s`,
    ...(secondsLeft === undefined ? [] : [`${formatDuration(secondsLeft)} left`]),
  ].join(", ");
  console.progress(line, steps === undefined ? undefined : step / steps);
}

/** Formats a duration: 4000 seconds are "1 h 07 min". */
function formatDuration(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (minutes < 1) return `${Math.ceil(seconds)} s`;
  return minutes < 60
    ? `${minutes} min`
    : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}
