// Follows the browser section of sunstep's README: a fresh folder, the packed packages, Vite, and the page in Chromium.
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { launchChromium, serveFolders } from "@sunstep/browser-testing";
import { command } from "./command.js";

/** Builds and opens the README's page in a folder beside the installed packages. Returns a problem, if any. */
export async function tryBrowserApp(folder: string): Promise<string | undefined> {
  const readme = readFileSync(join(folder, "node_modules/sunstep/README.md"), "utf8");
  const app = join(folder, "browser-app");
  mkdirSync(app);
  symlinkSync(join(folder, "node_modules"), join(app, "node_modules"), "junction");
  for (const file of ["index.html", "main.js", "vite.config.js"]) {
    const text = namedBlock(readme, file);
    if (text === undefined) return `the README has no ${file}`;
    writeFileSync(join(app, file), text);
  }
  const vite = join(folder, "node_modules/vite/bin/vite.js");
  const { ok, output } = await command(process.execPath, [vite, "build"], app);
  if (!ok || output.includes("warning")) return `vite build:\n${output}`;
  return openPage(join(app, "dist"));
}

/** Returns the fenced block whose first line is a comment with the file's name, without that line. */
function namedBlock(readme: string, file: string): string | undefined {
  const blocks = [...readme.matchAll(/^```(?:html|js)\n(.*?)^```/gms)].map((match) => match[1]!);
  const block = blocks.find((text) => text.split("\n", 1)[0]!.includes(file));
  return block?.slice(block.indexOf("\n") + 1);
}

/** Opens a built page in Chromium and waits for its image; returns a description of what went wrong. */
export async function openPage(dist: string): Promise<string | undefined> {
  const server = await serveFolders({ "/": dist });
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    page.on("pageerror", (error) => errors.push(String(error)));
    const elsewhere: string[] = [];
    page.on("request", (request) => {
      if (/^https?:/.test(request.url()) && !request.url().startsWith(server.url))
        elsewhere.push(request.url());
    });
    await page.goto(server.url);
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
    await server.close();
  }
}
