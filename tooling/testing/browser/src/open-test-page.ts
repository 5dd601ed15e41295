import type { Browser, Page } from "playwright-core";
import { bundlePage } from "./bundle-page.js";
import { type LaunchOptions, launchChromium } from "./launch-chromium.js";
import { type ServeOptions, serveFolders } from "./serve-folders.js";

export interface TestPageOptions extends LaunchOptions, ServeOptions {
  /** Further folders to serve, by their prefix: { "/emoji/": model }. */
  readonly folders?: Readonly<Record<string, string>>;
  /** Query string of the page's address, without the question mark. */
  readonly query?: string;
  /** Minifies the code and omits source maps, for measurements. */
  readonly minify?: boolean;
}

export interface TestPage {
  readonly page: Page;
  readonly browser: Browser;
  /** Address of the page, with a trailing slash. */
  readonly url: string;
  /** Console errors and uncaught errors of the page. */
  readonly errors: readonly string[];
  close(): Promise<void>;
}

/** Bundles a module and opens a page that runs it in Chromium; `close` removes everything. */
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
