import { launchChromium, serveFolders } from "@sunstep/browser-testing";

/** Opens a folder's page in Chromium and waits for its image. Returns a problem, if any. */
export async function openFolder(folder: string): Promise<string | undefined> {
  const server = await serveFolders({ "/": folder });
  try {
    return await openPage(server.url);
  } finally {
    await server.close();
  }
}

/** Opens a page in Chromium and waits for its image; it may ask its own server only. Returns a problem, if any. */
export async function openPage(url: string): Promise<string | undefined> {
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    page.on("pageerror", (error) => errors.push(String(error)));
    const elsewhere: string[] = [];
    page.on("request", (request) => {
      if (/^https?:/.test(request.url()) && !request.url().startsWith(url)) elsewhere.push(request.url());
    });
    await page.goto(url);
    const made = await page
      .waitForFunction(() => (document.querySelector("img")?.naturalWidth ?? 0) > 0, null, {
        timeout: 300_000,
      })
      .then(
        () => undefined,
        (error: Error) => error.message,
      );
    if (made !== undefined || errors.length > 0) return `no image: ${made}\n${errors.join("\n")}`;
    return elsewhere.length > 0 ? `the page asked other servers: ${elsewhere.join(", ")}` : undefined;
  } finally {
    await browser.close();
  }
}
