import { useLayoutEffect, useRef } from "preact/hooks";
import type { RgbImage } from "sunstep";
import { toImageData } from "../browser/image-data.js";

/** Shows pixels from memory, scaled by CSS. */
export function RgbCanvas({ image, label }: { readonly image: RgbImage; readonly label: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const context = canvas.current?.getContext("2d");
    context?.putImageData(toImageData(image), 0, 0);
  }, [image]);
  return <canvas ref={canvas} width={image.width} height={image.height} role="img" aria-label={label} />;
}
