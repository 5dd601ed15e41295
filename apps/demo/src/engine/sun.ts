// SUN behind the page's acceleration: the only file that calls sunstep's methods for it.

import type { FromPretrainedOptions, GenerateOptions, ImageParameters, StableDiffusion } from "sunstep";
import type { Acceleration } from "../state/acceleration.js";
import type { AccelerationChoice } from "../state/request.js";

/** The kind of SUN's files, as `identify` of @sunstep/checkpoint names it. */
export const fileKind = "sun-adapter";

/** `own`: loads the adapter that comes with the model. */
export function loadOptions(own: boolean): Pick<FromPretrainedOptions, "sun"> {
  return own ? {} : { sun: false };
}

export function generateOptions({ accelerated, accelerationScale }: AccelerationChoice): GenerateOptions {
  return { sun: accelerated, ...(accelerated && { sunScale: accelerationScale }) };
}

export function accelerationOf({ sun }: StableDiffusion): Acceleration | undefined {
  return sun === undefined ? undefined : { method: "SUN", fullName: "SpeedUpNet", adapter: sun };
}

/** The names of the other accelerations: methods that the model or its LoRAs were recognised as. */
export function otherMethods({ accelerations }: StableDiffusion): readonly string[] {
  return accelerations.filter((name) => name !== "sun");
}

export function addAcceleration(model: StableDiffusion, file: File): Promise<string> {
  return model.loadSun(file);
}

export function removeAcceleration(model: StableDiffusion): Promise<void> {
  return model.unloadSun();
}

/** Reads the acceleration that an image was made with. */
export function accelerationIn({ sun, options }: ImageParameters) {
  return { adapter: sun, accelerated: options.sun, accelerationScale: options.sunScale };
}
