import { describe, expect, it } from "vitest";
import { createScheduler } from "../src/index.js";
import { edges, network } from "./diffusers-edges.js";

const noise = () => {
  throw new Error("these runs draw no noise");
};

const named = edges.runs.map((run) => ({ ...run, text: JSON.stringify(run.options) }));

describe.each(named)(
  "$scheduler of $steps steps, $text",
  ({ scheduler, options, steps, timesteps, sample }) => {
    it("runs as diffusers runs it", () => {
      const config = { ...edges.betas, ...options, _class_name: scheduler };
      const schedule = createScheduler(config).plan({ steps });
      let x: Float32Array = Float32Array.from(sample, (_, i) => Math.sin(i + 1) * schedule.initNoiseSigma);
      for (const [index, t] of schedule.timesteps.entries()) {
        const output = network(schedule.scaleModelInput(x, index), t);
        x = schedule.step(output, index, x, noise).sample;
      }
      expect(schedule.timesteps).toBeAllclose(timesteps, { rtol: 1e-6, atol: 1e-3 });
      expect(x).toBeAllclose(sample, { rtol: 1e-4, atol: 1e-5 });
    });
  },
);
