import type { DownloadEvent, ProgressEvent, Stage } from "sunstep";
import type { Console } from "./console.js";
import { formatBytes } from "./format.js";

const stageTexts: Readonly<Record<Stage, string>> = {
  load: "loading networks",
  "encode-prompt": "reading the prompt",
  "encode-image": "reading the picture",
  denoise: "painting",
  decode: "decoding",
};

/** Downloads, in steps of a tenth where there is no bar. */
export function showDownload(console: Console) {
  return (event: DownloadEvent) => {
    if (event.status !== "progress") return;
    const { file, loaded, total } = event;
    if (total === undefined) console.progress(`downloading ${file}`);
    else {
      const tenth = Math.floor((10 * loaded) / total) * 10;
      console.progress(`downloading ${file}, ${formatBytes(total)}: ${tenth} %`, loaded / total);
    }
  };
}

/** Stages and steps of a run; `which` says which picture of several it is. */
export function showRun(console: Console, which: string) {
  return (event: ProgressEvent) => {
    if (event.type === "stage") console.progress(`${which}${stageTexts[event.stage]}`);
    else console.progress(`${which}step ${event.step}/${event.steps}`, event.step / event.steps);
  };
}
