import { existsSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type LaunchOptions,
  launchChromium,
  type StaticServer,
  serveFolders,
} from "@sunstep/browser-testing";
import { type DecodedImage, decodeImage } from "@sunstep/image";
import type { BrowserContext, Page } from "playwright-core";

/** Types that browsers give to dropped files, by their endings. */
const imageTypes: Readonly<Record<string, string>> = { png: "image/png", jpg: "image/jpeg" };

const dist = fileURLToPath(new URL("../../dist/", import.meta.url));

/** Serves the built page from a folder of a static host, which sends the isolation headers only if `isolated`. */
export async function serveDemo({ isolated = true, folder = "/" } = {}): Promise<StaticServer> {
  if (!existsSync(dist)) throw new Error(`${dist} is missing: run "pnpm build" first`);
  const server = await serveFolders({ [folder]: dist }, { isolated });
  return { ...server, url: new URL(folder, server.url).href };
}

/** Launches a browser with an empty profile. */
export async function openBrowser({
  serviceWorkers = "allow",
  ...options
}: LaunchOptions & { readonly serviceWorkers?: "allow" | "block" } = {}): Promise<{
  context: BrowserContext;
  close(): Promise<void>;
}> {
  const browser = await launchChromium(options);
  const context = await browser.newContext({ serviceWorkers, viewport: { width: 1280, height: 800 } });
  context.setDefaultTimeout(280_000);
  return { context, close: () => browser.close() };
}

/** Drives the page as a visitor would. */
export class DemoPage {
  readonly page: Page;
  /** Errors of console and scripts, and violations of the Content-Security-Policy. */
  readonly errors: string[] = [];

  constructor(page: Page) {
    this.page = page;
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") this.errors.push(message.text());
    });
    page.on("pageerror", (error) => this.errors.push(String(error)));
  }

  static async open(context: BrowserContext, url: string): Promise<DemoPage> {
    const demo = new DemoPage(await context.newPage());
    await demo.page.goto(url);
    return demo;
  }

  get status() {
    return this.page.locator(".status");
  }

  /** Waits for a finished image, of this prompt if one is given. */
  async waitForImage(prompt?: string): Promise<void> {
    await this.status.filter({ hasText: /evaluation/ }).waitFor();
    if (prompt !== undefined) await this.page.getByRole("img", { name: prompt, exact: true }).waitFor();
  }

  async fill(label: string, value: string): Promise<void> {
    await this.page.getByLabel(label, { exact: true }).fill(value);
  }

  async press(name: string): Promise<void> {
    await this.page.getByRole("button", { name, exact: true }).click();
  }

  /** Downloads the image on the stage. */
  async download(): Promise<{ bytes: Uint8Array<ArrayBuffer>; name: string; image: DecodedImage }> {
    const [download] = await Promise.all([this.page.waitForEvent("download"), this.press("Download PNG")]);
    const bytes = new Uint8Array(readFileSync(await download.path()));
    return { bytes, name: download.suggestedFilename(), image: decodeImage(bytes) };
  }

  /** Drops files onto the page one by one. */
  async drop(...files: (string | { readonly name: string; readonly bytes: Uint8Array })[]): Promise<void> {
    for (const file of files) {
      const [name, bytes] =
        typeof file === "string" ? [basename(file), readFileSync(file)] : [file.name, file.bytes];
      const transfer = await this.page.evaluateHandle(
        ({ name, base64, type }) => {
          const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
          const data = new DataTransfer();
          data.items.add(new File([bytes], name, { type }));
          return data;
        },
        {
          name,
          base64: Buffer.from(bytes).toString("base64"),
          type: imageTypes[name.split(".").at(-1)!] ?? "",
        },
      );
      await this.page.dispatchEvent("body", "drop", { dataTransfer: transfer });
    }
  }
}
