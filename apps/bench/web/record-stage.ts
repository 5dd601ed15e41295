// Runs in the demo page before its own scripts: records keys and new images on the stage.

export interface StageRecord {
  /** Times of keys, in milliseconds as `performance.now` counts them. */
  readonly keys: readonly number[];
  /** Times of the first frame that shows a new image or a new draft. */
  readonly shown: readonly number[];
  /** Finished images on the stage, by their text. */
  readonly images: readonly { readonly alt: string; readonly time: number }[];
  /** Browsers do not report tasks below 50 ms: 0 means that no task was longer. */
  readonly longestTaskMs: number;
}

declare global {
  var stageRecord: StageRecord & { restart(): void; report(): StageRecord };
}

const keys: number[] = [];
const shown: number[] = [];
const images: { alt: string; time: number }[] = [];
let longestTaskMs = 0;
let newest = "";

const onFrame = (record: (time: number) => void) => requestAnimationFrame(() => record(performance.now()));
const isNew = (content: string) => {
  if (content === newest) return false;
  newest = content;
  return true;
};

addEventListener("input", () => keys.push(performance.now()), true);
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) longestTaskMs = Math.max(longestTaskMs, duration);
}).observe({ type: "longtask" });

const { putImageData } = CanvasRenderingContext2D.prototype;
CanvasRenderingContext2D.prototype.putImageData = function (image: ImageData, ...rest: number[]) {
  Reflect.apply(putImageData, this, [image, ...rest]);
  const content = image.data.reduce((hash, value) => (hash * 31 + value) | 0, 0);
  if (isNew(`draft ${content}`)) onFrame((time) => shown.push(time));
};
new MutationObserver((mutations) => {
  for (const { target, addedNodes } of mutations) {
    for (const image of [target, ...Array.from(addedNodes)]) {
      if (!(image instanceof HTMLImageElement) || !image.closest(".stage") || !isNew(image.src)) continue;
      onFrame((time) => {
        shown.push(time);
        images.push({ alt: image.alt, time });
      });
    }
  }
}).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["src"] });

globalThis.stageRecord = {
  keys,
  shown,
  images,
  get longestTaskMs() {
    return longestTaskMs;
  },
  restart() {
    for (const list of [keys, shown, images]) list.length = 0;
    longestTaskMs = 0;
  },
  report: () => ({ keys, shown, images, longestTaskMs }),
};
