// JPEG's segments (ITU-T T.81, annex B), walked before the decoder takes memory and time for what they claim.

import { imageError } from "./errors.js";
import { type Exif, hasExifPrefix, NO_EXIF, parseExif, withoutPrefix } from "./text/exif.js";

interface Component {
  readonly id: number;
  readonly horizontal: number;
  readonly vertical: number;
  /** For each coefficient, the lowest bit that a scan has brought. */
  readonly bits: (number | undefined)[];
}

/** Encoders write about ten. */
const MOST_SCANS = 100;

/** Checks the frame and the scans of a JPEG, and returns its EXIF. */
export function checkJpeg(bytes: Uint8Array, maxPixels: number): Exif {
  let components: readonly Component[] | undefined;
  let scans = 0;
  let exif: Exif | undefined;
  for (const { marker, data } of segments(bytes)) {
    if (marker === 0xe1 && !exif && hasExifPrefix(data)) exif = parseExif(withoutPrefix(data));
    else if (isFrame(marker)) {
      if (components) throw corrupt("it has two frames");
      components = readFrame(data, bytes.length, maxPixels);
    } else if (marker === 0xda) {
      if (!components) throw corrupt("a scan comes before its frame");
      if (++scans > MOST_SCANS) throw corrupt(`it has more than ${MOST_SCANS} scans`);
      checkScan(data, components);
    }
  }
  return exif ?? NO_EXIF;
}

/** The EXIF of a JPEG whose pixels are not of interest. */
export function exifOfJpeg(bytes: Uint8Array): Exif {
  for (const { marker, data } of segments(bytes))
    if (marker === 0xe1 && hasExifPrefix(data)) return parseExif(withoutPrefix(data));
  return NO_EXIF;
}

const corrupt = (why: string) => imageError("IMAGE_CORRUPT", `the JPEG cannot be decoded: ${why}`);

/** SOF0 to SOF15, without DHT, JPG and DAC, which share their range. */
const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** Markers with a length, and their data; entropy-coded data between them is passed over. */
function* segments(bytes: Uint8Array): Generator<{ marker: number; data: Uint8Array }> {
  for (let at = 2; ; ) {
    at = bytes.indexOf(0xff, at);
    if (at < 0 || at + 4 > bytes.length) return;
    const marker = bytes[at + 1]!;
    const isData = marker === 0x00 || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
    if (isData || marker === 0xff) {
      at += marker === 0xff ? 1 : 2;
      continue;
    }
    if (marker === 0xd9) return;
    const length = (bytes[at + 2]! << 8) | bytes[at + 3]!;
    yield { marker, data: bytes.subarray(at + 4, at + 2 + length) };
    at += 2 + Math.max(2, length);
  }
}

function readFrame(data: Uint8Array, fileBytes: number, maxPixels: number): readonly Component[] {
  const height = (data[1]! << 8) | data[2]!;
  const width = (data[3]! << 8) | data[4]!;
  const count = data[5] ?? 0;
  if (data.length < 6 + count * 3 || count === 0) throw corrupt("its frame is not whole");
  const components = Array.from({ length: count }, (_, i) => {
    const [id, sampling] = data.subarray(6 + i * 3);
    return {
      id: id!,
      horizontal: sampling! >> 4,
      vertical: sampling! & 15,
      bits: new Array(64) as Component["bits"],
    };
  });
  if (
    components.some(
      ({ horizontal, vertical }) => !(horizontal >= 1 && horizontal <= 4 && vertical >= 1 && vertical <= 4),
    )
  )
    throw corrupt("a component's sampling is not from 1 to 4");
  const across = Math.ceil(width / 8 / Math.max(...components.map(({ horizontal }) => horizontal)));
  const down = Math.ceil(height / 8 / Math.max(...components.map(({ vertical }) => vertical)));
  const blocks = components.reduce((sum, c) => sum + across * c.horizontal * down * c.vertical, 0);
  // Two colours at half the size each way, as cameras and tools write them, are the measure: 1.5 samples a pixel.
  const cost = Math.max(width * height, (blocks * 64) / 1.5);
  if (width * height > maxPixels || (cost > maxPixels && cost > 2 ** 20)) {
    throw imageError(
      "IMAGE_TOO_LARGE",
      `the JPEG is ${width}x${height} pixels of ${count} components, the limit is ${maxPixels} pixels with colours at half the size`,
      { width, height, maxPixels },
    );
  }
  // Each block takes a bit at least.
  if (fileBytes * 8 < blocks) {
    throw imageError(
      "IMAGE_TRUNCATED",
      `the JPEG has ${fileBytes} bytes, too few for its ${width}x${height} pixels`,
      { width, height, bytes: fileBytes },
    );
  }
  return components;
}

/**
 * Refuses a scan that brings what another has brought (section G.1.1.1.1): repeated, it would cost as much time as the
 * whole image each time.
 */
function checkScan(data: Uint8Array, components: readonly Component[]): void {
  const count = data[0] ?? 0;
  const [first, last, approximation] = data.subarray(1 + count * 2, 4 + count * 2);
  if (first === undefined || last === undefined || approximation === undefined || last > 63 || first > last)
    throw corrupt("a scan's header is not whole");
  const [high, low] = [approximation >> 4, approximation & 15];
  for (let i = 0; i < count; i++) {
    const component = components.find(({ id }) => id === data[1 + i * 2]);
    if (!component) throw corrupt("a scan is of a component that its frame lacks");
    for (let k = first; k <= last; k++) {
      const known = component.bits[k];
      const isNext = high === 0 ? known === undefined : known === high && low === high - 1;
      if (!isNext) throw corrupt("a scan repeats another");
      component.bits[k] = low;
    }
  }
}
