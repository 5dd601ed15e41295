// EXIF as far as images of generators and cameras need it: the orientation, and the comment in which AUTOMATIC1111 and
// Civitai keep generation data. A TIFF file's directories (EXIF 2.32, section 4.6), from untrusted input: whatever does
// not fit is left out.

export interface Exif {
  /** EXIF orientation of the stored rows, 1 to 8; 1 is upright. */
  readonly orientation: number;
  readonly userComment?: string;
}

export const NO_EXIF: Exif = { orientation: 1 };

const ORIENTATION = 0x0112;
const EXIF_DIRECTORY = 0x8769;
const USER_COMMENT = 0x9286;

/** Directories of real files have some dozens of entries. */
const MOST_ENTRIES = 512;

export function parseExif(tiff: Uint8Array): Exif {
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  const order = tiff.length >= 8 ? view.getUint16(0) : 0;
  const little = order === 0x4949;
  if ((!little && order !== 0x4d4d) || view.getUint16(2, little) !== 42) return NO_EXIF;
  const main = directory(view, view.getUint32(4, little), little);
  const orientation = main.get(ORIENTATION);
  const pointer = main.get(EXIF_DIRECTORY);
  const details =
    pointer === undefined ? undefined : directory(view, view.getUint32(pointer + 8, little), little);
  const comment = details?.get(USER_COMMENT);
  const turned = orientation === undefined ? 1 : view.getUint16(orientation + 8, little);
  const text = comment === undefined ? undefined : readComment(tiff, view, comment, little);
  return {
    orientation: turned >= 1 && turned <= 8 ? turned : 1,
    ...(text !== undefined && { userComment: text }),
  };
}

/** Returns where each entry of a directory stands, by tag. */
function directory(view: DataView, at: number, little: boolean): Map<number, number> {
  const entries = new Map<number, number>();
  if (at + 2 > view.byteLength) return entries;
  const count = Math.min(view.getUint16(at, little), MOST_ENTRIES);
  for (let i = 0; i < count; i++) {
    const entry = at + 2 + i * 12;
    if (entry + 12 > view.byteLength) break;
    entries.set(view.getUint16(entry, little), entry);
  }
  return entries;
}

/** UserComment: eight bytes that name the encoding, then the text. */
function readComment(tiff: Uint8Array, view: DataView, entry: number, little: boolean): string | undefined {
  const length = view.getUint32(entry + 4, little);
  const at = view.getUint32(entry + 8, little);
  if (length <= 8 || at + length > tiff.length) return undefined;
  const encoding = String.fromCharCode(...tiff.subarray(at, at + 8));
  const text = tiff.subarray(at + 8, at + length);
  const decoded = encoding.startsWith("UNICODE") ? utf16(text) : new TextDecoder().decode(text);
  return decoded.replace(/\0+$/, "");
}

/** The standard leaves the byte order open: piexif writes big-endian, others the file's. Zeros are high bytes. */
function utf16(bytes: Uint8Array): string {
  let balance = 0;
  for (let i = 0; i + 1 < bytes.length; i += 2) {
    if (bytes[i] === 0) balance++;
    if (bytes[i + 1] === 0) balance--;
  }
  return new TextDecoder(balance >= 0 ? "utf-16be" : "utf-16le").decode(bytes);
}

/** ImageMagick keeps a PNG's EXIF in hexadecimal, as text. */
export function exifOfProfile(text: ReadonlyMap<string, string>): Exif | undefined {
  const profile = text.get("Raw profile type exif") ?? text.get("Raw profile type APP1");
  const hex = profile?.split("\n").slice(3).join("").replace(/\s/g, "");
  if (!hex || !/^([0-9a-f]{2})+$/i.test(hex)) return undefined;
  const bytes = Uint8Array.from(hex.match(/../g)!, (pair) => Number.parseInt(pair, 16));
  return parseExif(withoutPrefix(bytes));
}

const prefix = Uint8Array.of(0x45, 0x78, 0x69, 0x66, 0, 0);

/** Tells whether a JPEG's APP1 segment, or a WebP's chunk, begins with "Exif". */
export const hasExifPrefix = (bytes: Uint8Array) => prefix.every((byte, i) => bytes[i] === byte);

/** The TIFF file behind "Exif", which WebP's writers may or may not leave out. */
export const withoutPrefix = (bytes: Uint8Array) => (hasExifPrefix(bytes) ? bytes.subarray(6) : bytes);
