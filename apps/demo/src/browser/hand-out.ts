// Saving and copying images and links.

import { SunstepError } from "@sunstep/errors";

export function saveImage(url: string, name: string): void {
  const anchor = document.createElement("a");
  anchor.href = url;
  anchor.download = name;
  anchor.click();
}

export async function copyImage(png: Blob): Promise<void> {
  await clipboard().write([new ClipboardItem({ "image/png": png })]);
}

export async function copyText(text: string): Promise<void> {
  await clipboard().writeText(text);
}

/** @throws SunstepError CLIPBOARD_UNAVAILABLE on pages without https */
function clipboard(): Clipboard {
  const { clipboard } = navigator as { readonly clipboard?: Clipboard };
  if (clipboard) return clipboard;
  throw new SunstepError(
    "CLIPBOARD_UNAVAILABLE",
    "Browsers allow copying only on pages that are served by https or from localhost; download the image instead",
  );
}
