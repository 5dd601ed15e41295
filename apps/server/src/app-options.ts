import { usageError } from "@sunstep/command-line";
import type { AppOptions } from "./app.js";
import type { ServerValues } from "./open-painter.js";

/** Turns the command line's options into those of the HTTP server. @throws USAGE */
export function appOptions(values: ServerValues, env: NodeJS.ProcessEnv): Omit<AppOptions, "queue"> {
  const { token = env.SUNSTEP_TOKEN || undefined, cors = [], rate, deadline, host } = values;
  const limits = {
    pixels: values["max-pixels"],
    images: values["max-images"],
    steps: values["max-steps"],
    deadline: deadline === undefined ? undefined : deadline * 1000,
  };
  for (const [name, value] of Object.entries(limits))
    if (value !== undefined && value < 1)
      throw usageError(`the limit of ${name} ${value}: it must be at least 1`);
  const mostSteps = values["most-steps"];
  return {
    token,
    origins: cors,
    onlyLocalNames: isLoopback(host),
    rate,
    trustProxy: values["trust-proxy"] ?? false,
    limits: Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined)),
    settings: mostSteps === undefined ? {} : { sunstep_most_steps: mostSteps },
  };
}

export const isLoopback = (host = "127.0.0.1"): boolean => /^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host);
