import { Events } from "./events.js";

/** Jobs of one model that a worker takes while others wait. */
const IN_A_ROW = 8;

export interface Fleet {
  readonly workers: number;
  /** Models, the k-th asked for in proportion to 1 / k (Zipf); every worker has all on its disk. */
  readonly models: number;
  /** Models that a worker keeps loaded. */
  readonly keepLoaded: number;
  /** Jobs a second, at random times (Poisson). */
  readonly arrivals: number;
  /** Seconds of a job without loading: "fixed", or distributed exponentially around the mean. */
  readonly seconds: number;
  readonly spread: "fixed" | "exponential";
  /** Seconds to load another model. */
  readonly switchSeconds: number;
  /** Mean seconds of work between two deaths of a worker; it starts again without a model. Infinity: never. */
  readonly lifetime: number;
  /** Seconds until the job of a dead worker is another's: the duration of its lock. */
  readonly lockSeconds: number;
  readonly restartSeconds: number;
  readonly jobs: number;
}

export interface FleetResult {
  /** Jobs a second, from the first arrival to the last end. */
  readonly throughput: number;
  /** Share of the workers' time with a job. */
  readonly busy: number;
  readonly meanWait: number;
  /** Seconds from arrival to end. */
  readonly p50: number;
  readonly p99: number;
  /** Share of the workers' busy time that loads models. */
  readonly switching: number;
  /** Jobs that were begun again. */
  readonly repeated: number;
}

interface Job {
  readonly arrived: number;
  readonly model: number;
  begun: number;
}

interface Worker {
  loaded: number[];
  /** The order in which it asks the models' queues. */
  order: number[];
  /** Jobs that it took one after the other from the first of them. */
  inARow: number;
}

type Event =
  | { readonly type: "arrival"; readonly job: Job }
  | { readonly type: "end"; readonly worker: Worker; readonly job: Job; readonly died: boolean }
  | { readonly type: "again"; readonly job: Job }
  | { readonly type: "restarted"; readonly worker: Worker };

/** Simulates a fleet, event by event. `random` gives numbers from 0 to 1. */
export function simulate(fleet: Fleet, random: () => number): FleetResult {
  const { workers, models, keepLoaded, seconds, spread, switchSeconds, lifetime } = fleet;
  const exponential = (mean: number) => -mean * Math.log(1 - random());
  const chooseModel = zipf(models, random);
  const events = new Events<Event>();
  const queues: Job[][] = Array.from({ length: models }, () => []);
  const idle: Worker[] = Array.from({ length: workers }, () => ({
    loaded: [],
    inARow: 0,
    order: Array.from({ length: models }, (_, k) => k),
  }));
  let arrivalTime = 0;
  for (let n = 0; n < fleet.jobs; n++) {
    arrivalTime += exponential(1 / fleet.arrivals);
    events.push(arrivalTime, {
      type: "arrival",
      job: { arrived: arrivalTime, model: chooseModel(), begun: -1 },
    });
  }
  const spans: number[] = [];
  const sums = { wait: 0, switching: 0, busy: 0, repeated: 0 };
  let now = 0;

  const begin = (worker: Worker, job: Job) => {
    if (job.begun < 0) sums.wait += now - job.arrived;
    else sums.repeated++;
    job.begun = now;
    // As `WorkerLoop` of @sunstep/jobs.
    worker.inARow = worker.order[0] === job.model ? worker.inARow + 1 : 1;
    const others = worker.order.filter((k) => k !== job.model);
    worker.order = worker.inARow >= IN_A_ROW ? [...others, job.model] : [job.model, ...others];
    const isLoaded = worker.loaded.includes(job.model);
    worker.loaded = [job.model, ...worker.loaded.filter((k) => k !== job.model)].slice(0, keepLoaded);
    const loading = isLoaded ? 0 : switchSeconds;
    const work = loading + (spread === "fixed" ? seconds : exponential(seconds));
    const life = Number.isFinite(lifetime) ? exponential(lifetime) : Number.POSITIVE_INFINITY;
    const died = life < work;
    const took = Math.min(life, work);
    sums.switching += Math.min(loading, took);
    sums.busy += took;
    events.push(now + took, { type: "end", worker, job, died });
  };
  const take = (worker: Worker) => {
    const model = worker.order.find((k) => queues[k]!.length > 0);
    if (model === undefined) idle.push(worker);
    else begin(worker, queues[model]!.shift()!);
  };
  const offer = (job: Job) => {
    // Any idle worker may be the first to ask; here it is one of those with the model, if there is one.
    const at = idle.findIndex(({ loaded }) => loaded.includes(job.model));
    const [worker] = idle.splice(Math.max(0, at), 1);
    if (worker) begin(worker, job);
    else queues[job.model]!.push(job);
  };
  for (let next = events.pop(); next; next = events.pop()) {
    now = next.time;
    const { event } = next;
    if (event.type === "arrival" || event.type === "again") offer(event.job);
    else if (event.type === "restarted") take(event.worker);
    else if (event.died) {
      event.worker.loaded = [];
      events.push(now + fleet.lockSeconds, { type: "again", job: event.job });
      events.push(now + fleet.restartSeconds, { type: "restarted", worker: event.worker });
    } else {
      spans.push(now - event.job.arrived);
      take(event.worker);
    }
  }
  spans.sort((a, b) => a - b);
  const at = (share: number) => spans[Math.min(spans.length - 1, Math.floor(share * spans.length))]!;
  return {
    throughput: spans.length / now,
    busy: sums.busy / (now * workers),
    meanWait: sums.wait / fleet.jobs,
    p50: at(0.5),
    p99: at(0.99),
    switching: sums.switching / sums.busy,
    repeated: sums.repeated,
  };
}

/** Returns a function that draws k with a probability in proportion to 1 / (k + 1). */
function zipf(count: number, random: () => number): () => number {
  const weights = Array.from({ length: count }, (_, k) => 1 / (k + 1));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return () => {
    let rest = random() * total;
    const found = weights.findIndex((weight) => {
      rest -= weight;
      return rest < 0;
    });
    return found < 0 ? count - 1 : found;
  };
}
