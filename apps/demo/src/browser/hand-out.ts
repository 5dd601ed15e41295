// Saving, sharing and copying images and links.

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

/** False on pages without https but localhost: browsers give them no clipboard. */
export function canCopy(): boolean {
  return "clipboard" in navigator;
}

export async function copyImage(png: Blob | Promise<Blob>): Promise<void> {
  await navigator.clipboard.write([new ClipboardItem({ "image/png": png })]);
}

export async function copyText(text: string): Promise<void> {
  await navigator.clipboard.writeText(text);
}
