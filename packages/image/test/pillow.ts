import { readFileSync } from "node:fs";

interface PillowValues {
  readonly resized: readonly {
    readonly from: readonly [number, number];
    readonly to: readonly [number, number];
    readonly channels: 1 | 3;
    readonly data: string;
    readonly stretch: string;
    readonly crop: string;
    readonly grey: string;
  }[];
  readonly pngs: readonly { readonly name: string; readonly png: string; readonly rgba: string }[];
  readonly texts: string;
  readonly jpeg: { readonly file: string; readonly rgb: string };
  readonly levels: readonly number[];
  readonly values: readonly number[];
  readonly bytes: string;
}

/** Values by Pillow and numpy; written by make-pillow.py. */
export const pillow = JSON.parse(
  readFileSync(new URL("./pillow.json", import.meta.url), "utf8"),
) as PillowValues;

export const bytesOf = (base64: string) => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
