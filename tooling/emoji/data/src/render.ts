import { createRequire } from "node:module";
import type { IconifyJSON } from "@iconify/types";
import { getIconData, iconToSVG } from "@iconify/utils";
import type { RgbImage } from "@sunstep/image";
import sharp from "sharp";
import type { EmojiSetName } from "./emoji-sets.js";

/** Height and width of an image, and its empty border, in pixels. */
export const SIZE = 128;
const BORDER = 4;
/** Resolution of the drawing before it is scaled down, in dots per inch. */
const DENSITY = 200;
const TRANSPARENT = { r: 0, g: 0, b: 0, alpha: 0 };

const require = createRequire(import.meta.url);

/** The images of one set, drawn on demand. */
export interface Icons {
  readonly set: EmojiSetName;
  /** All names of the package, except skin tones and flags. */
  readonly names: readonly string[];
  /** RGBA, 128x128, straight alpha; undefined if the set lacks the concept. */
  render(concept: string): Promise<RgbImage | undefined>;
}

/** Spells a name as the icon packages do: lower case, no accents, words joined by dashes. */
const iconName = (concept: string) =>
  concept
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .replace(/['.]/g, "")
    .replace(/[^a-z0-9]+/g, "-");

/** Flags, and skin tones as Noto Emoji ("-dark-skin-tone") and Fluent Emoji ("-dark") name them. */
const LEFT_OUT = /^flag|skin-tone|(?<!-car|-traffic)-(light|medium|dark)$/;

export function openIcons(set: EmojiSetName): Icons {
  const icons = require(`@iconify-json/${set}/icons.json`) as IconifyJSON;
  return {
    set,
    names: Object.keys(icons.icons).filter((name) => !LEFT_OUT.test(name)),
    async render(concept) {
      const name = iconName(concept);
      const icon = getIconData(icons, name) ?? getIconData(icons, name.replace(/-button$/, ""));
      if (icon === null) return undefined;
      const { attributes, body } = iconToSVG(icon, { height: "1em" });
      const svg = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${SIZE}" height="${SIZE}" viewBox="${attributes.viewBox}">${body}</svg>`;
      const inner = SIZE - 2 * BORDER;
      const data = await sharp(Buffer.from(svg), { density: DENSITY })
        .resize(inner, inner, { fit: "contain", background: TRANSPARENT })
        .extend({ top: BORDER, bottom: BORDER, left: BORDER, right: BORDER, background: TRANSPARENT })
        .ensureAlpha()
        .raw()
        .toBuffer();
      return { width: SIZE, height: SIZE, channels: 4, data: new Uint8Array(data) };
    },
  };
}
