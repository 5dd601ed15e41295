/** Milliseconds until the file is given up: some browsers ask the user before they read it. */
const TIME_TO_READ = 40_000;

/** Hands the file to the user as a download of that name. */
export async function savePng(name: string, bytes: Uint8Array): Promise<void> {
  const url = URL.createObjectURL(new Blob([new Uint8Array(bytes)], { type: "image/png" }));
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), TIME_TO_READ);
}
