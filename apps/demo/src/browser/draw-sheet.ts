import type { Line, Sheet } from "../state/contact-sheet.js";

/** Draws compared images with their labels, as a PNG file. */
export async function drawSheet({ width, height, cells, heading, footer }: Sheet): Promise<Blob> {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d")!;
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = "high";
  for (const { image, x, y, width, height } of cells) {
    const pixels = await createImageBitmap(image.png);
    context.drawImage(pixels, x, y, width, height);
    pixels.close();
  }
  context.textBaseline = "middle";
  for (const line of [heading, ...cells.flatMap(({ lines }) => lines), footer]) draw(line);
  return canvas.convertToBlob({ type: "image/png" });

  function draw({ text, x, y, width, bold }: Line): void {
    context.fillStyle = bold ? "#211e1a" : "#675f54";
    context.font = `${bold ? 600 : 400} 17px system-ui, sans-serif`;
    context.fillText(text, x, y, width);
  }
}
