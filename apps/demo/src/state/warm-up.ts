/** Evaluations after a load until the browser has optimised WebAssembly, as measured in Chromium. */
const coldEvaluations = 8;

/** The share of a run that may be cold without spoiling its time: such runs have this many times the cold evaluations. */
const negligible = 4;

interface TimedRun {
  /** The run loaded networks. */
  readonly loaded: boolean;
  readonly evaluations: number;
}

/** Returns a function that tells of each run, in turn, whether its time is that of a warm model. */
export function warmUpMeter(): (run: TimedRun) => boolean {
  let before = 0;
  return ({ loaded, evaluations }) => {
    if (loaded) before = 0;
    const warm = before >= coldEvaluations || evaluations >= negligible * coldEvaluations;
    before += evaluations;
    return warm;
  };
}
