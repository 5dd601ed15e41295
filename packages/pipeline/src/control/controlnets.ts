import { skipConnections, type UNetConfig } from "@sunstep/checkpoint";
import { buildControlNet, buildResidualSum, residualNames, residualScales } from "@sunstep/networks";
import { deviceTensors, type Feeds, type Results } from "@sunstep/runtime";
import { type Tensor, tensor } from "@sunstep/tensor";
import { toUnitPlanes } from "../latents/images.js";
import { concatenate } from "../prompts/concatenate.js";
import { type Conditioning, shapesOf } from "../prompts/conditioning.js";
import type { Run } from "../run.js";
import { identityOf } from "../sessions/identity.js";
import type { SessionCache } from "../sessions/session-cache.js";
import type { ResolvedControl } from "./control.js";

/** A control with its image and strength as its network takes them. */
export interface PreparedControl extends ResolvedControl {
  readonly inputs: {
    /** [1, 3, height, width], 0 to 1. */
    readonly controlnet_cond: Tensor<"float32">;
    /** A factor for each residual. */
    readonly conditioning_scale: Tensor<"float32">;
  };
}

/** Converts the image of a control once for all steps. Sizes are those of the result, in pixels. */
export function prepareControl(
  control: ResolvedControl,
  {
    width,
    height,
    guessMode,
  }: { readonly width: number; readonly height: number; readonly guessMode: boolean },
): PreparedControl {
  const count = residualCount(control.controlnet.config);
  const scales = residualScales(count, control.scale, guessMode);
  return {
    ...control,
    inputs: {
      controlnet_cond: tensor(toUnitPlanes(control.image, width, height).data, [1, 3, height, width]),
      conditioning_scale: tensor(scales, [count]),
    },
  };
}

/** One evaluation beside the U-Net's. */
export interface ControlStep {
  /** The U-Net's input, [batch, channels, height, width], flat; sizes of latents. */
  readonly sample: Float32Array;
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly timestep: number;
  /** Stacked for the batch. */
  readonly conditioning: Conditioning;
}

/** Evaluates ControlNets. Their residuals stay on the device where the backend can keep them there. */
export class ControlNets {
  readonly #sessions: SessionCache;

  constructor(sessions: SessionCache) {
    this.#sessions = sessions;
  }

  /** Returns the sum of the controls' residuals, by the names of the U-Net's inputs. Release it with `releaseResiduals`. */
  async evaluate(controls: readonly PreparedControl[], step: ControlStep, run: Run): Promise<Results> {
    let sum: Results | undefined;
    for (const control of controls) {
      const residuals = await this.#evaluateOne(control, step, run);
      sum = sum ? await this.#add(sum, residuals, run) : residuals;
    }
    return sum ?? {};
  }

  async #evaluateOne(
    { controlnet, inputs: own }: PreparedControl,
    { sample, batch, height, width, timestep, conditioning }: ControlStep,
    run: Run,
  ): Promise<Results> {
    const { config } = controlnet;
    const inputs = { ...shapesOf(conditioning), ...shapesOf(own) };
    const session = await this.#sessions.get(
      {
        network: "controlnet",
        settings: { batch, height, width, controlnet: identityOf(controlnet) },
        build: () =>
          buildControlNet({
            ...controlnet,
            batch,
            height,
            width,
            tokens: inputs.encoder_hidden_states![1]!,
          }),
        inputs,
      },
      run,
    );
    const feeds: Feeds = {
      ...conditioning,
      ...own,
      sample: tensor(firstChannels(sample, batch, config.in_channels * height * width), [
        batch,
        config.in_channels,
        height,
        width,
      ]),
      timestep: tensor(new Float32Array(batch).fill(timestep), [batch]),
    };
    // A U-Net with further adapters has more conditioning than a ControlNet reads.
    const read = Object.fromEntries(session.inputs.map(({ name }) => [name, feeds[name]!]));
    const { outputs, inputs: names } = residualNames(residualCount(config) - 1);
    const results = await session.run(read, { keepOnDevice: outputs });
    return Object.fromEntries(outputs.map((output, i) => [names[i]!, results[output]!]));
  }

  async #add(some: Results, others: Results, run: Run): Promise<Results> {
    const shapes = shapesOf(some);
    try {
      const session = await this.#sessions.get(
        { network: "residual_sum", settings: shapes, build: () => buildResidualSum(shapes) },
        run,
      );
      const feeds = Object.fromEntries(
        Object.keys(shapes).flatMap((name) => [
          [`${name}.0`, some[name]!],
          [`${name}.1`, others[name]!],
        ]),
      );
      return await session.run(feeds, { keepOnDevice: Object.keys(shapes) });
    } finally {
      await Promise.all([releaseResiduals(some), releaseResiduals(others)]);
    }
  }
}

export async function releaseResiduals(residuals: Results): Promise<void> {
  await Promise.all(Object.values(deviceTensors(residuals)).map((one) => one.release()));
}

/** One for each skip connection, and the middle block's. */
function residualCount(config: UNetConfig): number {
  return skipConnections(config).length + 1;
}

/** Takes the latents from the input of an inpainting network, whose further channels are a mask and a masked image. */
function firstChannels(sample: Float32Array, batch: number, size: number): Float32Array {
  const each = sample.length / batch;
  if (each === size) return sample;
  const images = Array.from({ length: batch }, (_, i) => sample.subarray(i * each, i * each + size));
  return concatenate(images);
}
