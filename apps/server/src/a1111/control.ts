// Units of AUTOMATIC1111's ControlNet extension, in `alwayson_scripts.controlnet.args`.

import { serverError } from "../errors.js";
import { type Catalogue, findListed } from "../library/catalogue.js";
import type { PaintControl, ResizeMode } from "../paint/paint-input.js";

type Fields = Readonly<Record<string, unknown>>;

/** The extension's modes, with the names of its older versions. */
const resizeModes: Readonly<Record<string, ResizeMode>> = {
  0: "stretch",
  1: "crop",
  2: "fill",
  "Just Resize": "stretch",
  "Crop and Resize": "crop",
  "Resize and Fill": "fill",
  "Scale to Fit (Inner Fit)": "crop",
  "Envelope (Outer Fit)": "fill",
};

/** Fields of a unit that are obeyed only in these values, and what to do about others. */
const refused: Readonly<Record<string, readonly [harmless: readonly unknown[], advice: string]>> = {
  module: [
    ["none", "None", ""],
    "this server has no preprocessors; send the finished edges, depth or pose, with module none",
  ],
  control_mode: [["Balanced", 0], "take Balanced"],
  guessmode: [[false], "take control_mode Balanced"],
  hr_option: [["Both", "HiResFixOption.BOTH"], "take Both"],
  mask: [[""], "leave it out"],
  mask_image: [[""], "leave it out"],
  effective_region_mask: [[""], "leave it out"],
  advanced_weighting: [[], "take weight"],
};

/**
 * Reads the units that are enabled. `store` returns the address of an image's blob; `first` is the image that the request
 * starts from, which a unit without an image follows.
 * @throws REQUEST_UNSUPPORTED, REQUEST_VALUE, CONTROLNET_UNKNOWN, IMAGE_MISSING, IMAGE_ENCODING
 */
export async function readControls(
  scripts: Fields,
  { controlnets }: Catalogue,
  store: (image: string) => Promise<string>,
  first?: string,
): Promise<{ readonly controls?: readonly PaintControl[] }> {
  const units = unitsOf(scripts).filter(({ enabled = true }) => enabled);
  const controls = await Promise.all(
    units.map(async (unit): Promise<PaintControl> => {
      for (const [name, [harmless, advice]] of Object.entries(refused)) {
        const value = unit[name] ?? harmless[0];
        if (value === undefined || harmless.includes(value)) continue;
        throw unsupported(`controlnet ${name} ${JSON.stringify(value).slice(0, 100)}: ${advice}`);
      }
      const wanted = String(unit.model ?? "None");
      const found = findListed(controlnets, wanted);
      if (!found) {
        const known =
          controlnets.map(({ name }) => name).join(", ") || "none: start it with --controlnet-dir";
        throw serverError(
          "CONTROLNET_UNKNOWN",
          `ControlNet ${JSON.stringify(wanted)} is not served; there are ${known}`,
        );
      }
      const mode = String(unit.resize_mode ?? 1);
      const resize = resizeModes[mode];
      if (!resize) throw unsupported(`controlnet resize_mode ${JSON.stringify(mode)}: take 0, 1 or 2`);
      const image = imageOf(unit) ?? first;
      if (!image) throw serverError("IMAGE_MISSING", "a unit of controlnet has no image: give it in base64");
      return {
        controlnet: found.name,
        blob: await store(image),
        resize,
        scale: numberOf(unit, "weight", 1, [0, 2]),
        start: numberOf(unit, "guidance_start", 0, [0, 1]),
        end: numberOf(unit, "guidance_end", 1, [0, 1]),
      };
    }),
  );
  return controls.length > 0 ? { controls } : {};
}

/** Other scripts are refused, as AUTOMATIC1111 answers for an extension that it does not have. */
function unitsOf(scripts: Fields): readonly Fields[] {
  return Object.entries(scripts).flatMap(([name, script]) => {
    if (name.toLowerCase() !== "controlnet") {
      throw unsupported(`alwayson_scripts ${JSON.stringify(name)}: this server has no scripts; leave it out`);
    }
    const { args = [] } = (script ?? {}) as { readonly args?: unknown };
    if (Array.isArray(args) && args.every((unit) => typeof unit === "object" && unit !== null)) return args;
    throw serverError("REQUEST_VALUE", "alwayson_scripts.controlnet.args must be a list of units");
  });
}

/** The extension takes base64, also in an object, which may have a mask beside it. */
function imageOf({ image, input_image = image }: Fields): string | undefined {
  if (typeof input_image !== "object" || input_image === null)
    return input_image ? String(input_image) : undefined;
  const { image: inner, mask } = input_image as Fields;
  if (mask) throw unsupported("controlnet mask: leave it out");
  return inner ? String(inner) : undefined;
}

function numberOf(unit: Fields, name: string, otherwise: number, [least, most]: readonly [number, number]) {
  const value = Number(unit[name] ?? otherwise);
  if (value >= least && value <= most) return value;
  throw serverError(
    "REQUEST_VALUE",
    `controlnet ${name} ${JSON.stringify(unit[name])}: it must be a number from ${least} to ${most}`,
  );
}

const unsupported = (message: string) => serverError("REQUEST_UNSUPPORTED", message);
