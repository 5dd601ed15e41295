import { type Console, formatBytes } from "@sunstep/command-line";
import type { DownloadEvent, ProgressEvent, Stage } from "sunstep";

const stageTexts: Readonly<Record<Stage, string>> = {
  load: "loading networks",
  "encode-prompt": "reading the prompt",
  "encode-image": "reading the image",
  denoise: "painting",
  decode: "decoding",
};

/** Returns a listener that shows downloads in steps of 10 %. */
export function showDownload(console: Console) {
  return (event: DownloadEvent) => {
    if (event.status === "waiting") {
      console.progress(`waiting for process ${event.pid} on ${event.host}, which downloads ${event.file}`);
    }
    if (event.status !== "progress") return;
    const { file, loaded, total } = event;
    if (total === undefined) console.progress(`downloading ${file}`);
    else {
      const tenth = Math.floor((10 * loaded) / total) * 10;
      console.progress(`downloading ${file}, ${formatBytes(total)}: ${tenth} %`, loaded / total);
    }
  };
}

/** Returns a listener that shows the stages and steps of a run. `which` is a prefix that names one image of several. */
export function showRun(console: Console, which: string) {
  const begun = new Set<Stage>();
  return (event: ProgressEvent) => {
    switch (event.type) {
      case "stage":
        if (event.network) return console.progress(`${which}loading ${event.network}`);
        // A stage is reported again after loading its network: a bar returns to it, a line would repeat it.
        if (!console.hasBar && begun.has(event.stage)) return;
        begun.add(event.stage);
        return console.progress(`${which}${stageTexts[event.stage]}`);
      case "prepare": {
        const { network, done, total } = event;
        return console.progress(`preparing ${network}, once: ${done}/${total}`, done / total);
      }
      case "warning":
        return console.note(`warning: ${event.message}`);
      case "step":
        return console.progress(`${which}step ${event.step}/${event.steps}`, event.step / event.steps);
    }
  };
}
