import type { Browser, Page } from "playwright-core";
import { bundlePage } from "./bundle-page.js";
import { type LaunchOptions, launchChromium } from "./launch-chromium.js";
import { type ServeOptions, serveFolders } from "./serve-folders.js";

export interface TestPageOptions extends LaunchOptions, ServeOptions {
  /** Further folders to serve, by their prefix: { "/emoji/": model }. */
  readonly folders?: Readonly<Record<string, string>>;
  /** What the page's address ends with, behind a question mark. */
  readonly query?: string;
  /** Code as it would be published, for measurements: small, and without the way back to its sources. */
  readonly minify?: boolean;
}

export interface TestPage {
  readonly page: Page;
  readonly browser: Browser;
  /** Its address, with a slash at its end. */
  readonly url: string;
  /** What the page wrote to the console as errors, and errors that nothing caught. */
  readonly errors: readonly string[];
  close(): Promise<void>;
}

/** Bundles a module, opens a page that runs it in Chromium, and takes all of that away again on `close`. */
export async function openTestPage(entry: string, options: TestPageOptions = {}): Promise<TestPage> {
  const bundle = await bundlePage(entry, options);
  const server = await serveFolders({ ...options.folders, "/": bundle.folder }, options);
  const browser = await launchChromium(options);
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  page.on("pageerror", (error) => errors.push(String(error)));
  await page.goto(options.query ? `${server.url}?${options.query}` : server.url);
  return {
    page,
    browser,
    url: server.url,
    errors,
    async close() {
      await browser.close();
      await server.close();
      bundle.remove();
    },
  };
}
