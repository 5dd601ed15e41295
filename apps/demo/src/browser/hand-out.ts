// Saving, sharing and copying images and links.

import { SunstepError } from "@sunstep/errors";

/** Milliseconds until a download's file is given up: some browsers ask the user before they read it. */
const timeToRead = 40_000;

export function saveImage(png: Blob, name: string): void {
  const anchor = document.createElement("a");
  anchor.href = URL.createObjectURL(png);
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(anchor.href), timeToRead);
}

/** True where the browser hands images to other apps. */
export function canShareImages(): boolean {
  const { canShare } = navigator as Partial<Navigator>;
  return canShare?.call(navigator, { files: [new File([], "image.png", { type: "image/png" })] }) ?? false;
}

/** Resolves to false if the user dismisses the dialog. */
export async function shareImage(png: Blob, name: string): Promise<boolean> {
  try {
    await navigator.share({ files: [new File([png], name, { type: "image/png" })] });
    return true;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") return false;
    throw error;
  }
}

export async function copyImage(png: Blob | Promise<Blob>): Promise<void> {
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
