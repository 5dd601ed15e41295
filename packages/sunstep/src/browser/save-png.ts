/** Hands the file to the user as a download of that name. */
export async function savePng(name: string, bytes: Uint8Array): Promise<void> {
  const url = URL.createObjectURL(new Blob([new Uint8Array(bytes)], { type: "image/png" }));
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  // The download has begun when the click has been handled.
  setTimeout(() => URL.revokeObjectURL(url));
}
