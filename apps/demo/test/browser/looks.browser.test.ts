import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { type BrowserOptions, DemoPage, openBrowser, serveDemo } from "./open-demo.js";

const axe = createRequire(import.meta.url).resolve("axe-core");
/** Screenshots go outside of the source tree. */
const screenshots = process.env.SUNSTEP_SCREENSHOTS ?? join(tmpdir(), "sunstep-screenshots");
const link = "#prompt=a+red+apple&negative=leaf&seed=3&sun=false&guidedsteps=4";

const looks: Readonly<Record<string, BrowserOptions>> = {
  "desktop-light": { colorScheme: "light" },
  "desktop-dark": { colorScheme: "dark" },
  "phone-light": { colorScheme: "light", viewport: { width: 390, height: 844 }, hasTouch: true },
  "phone-dark": { colorScheme: "dark", viewport: { width: 390, height: 844 }, hasTouch: true },
};

for (const [name, options] of Object.entries(looks)) {
  it(`${name}: nothing serious for axe, nothing beside the page`, async () => {
    const server = await serveDemo();
    const { context, close } = await openBrowser(options);
    try {
      const demo = await DemoPage.open(context, server.url + link);
      await demo.picture("a red apple");
      mkdirSync(screenshots, { recursive: true });
      await demo.page.screenshot({ path: join(screenshots, `${name}.png`) });
      await demo.press("Start from this picture");
      await demo.page.locator("details").last().locator("summary").click();
      await demo.page.getByLabel(/^Mask:/).waitFor();
      await demo.page.screenshot({ path: join(screenshots, `${name}-panels.png`), fullPage: true });
      expect(
        await demo.page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
      ).toBeLessThanOrEqual(0);
      expect(demo.errors).toEqual([]);
      expect(await seriousFindings(demo)).toEqual([]);
    } finally {
      await close();
      await server.close();
    }
  });
}

interface Finding {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** In a world of its own, where the page's Content-Security-Policy does not reach. */
async function seriousFindings({ page }: DemoPage): Promise<string[]> {
  const { readFileSync } = await import("node:fs");
  await page.evaluate(readFileSync(axe, "utf8"));
  const { violations } = (await page.evaluate("axe.run()")) as { violations: readonly Finding[] };
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}

it("can be used with the keyboard alone", async () => {
  const server = await serveDemo();
  const { context, close } = await openBrowser();
  try {
    const demo = await DemoPage.open(context, server.url + link);
    await demo.picture("a red apple");
    const { keyboard } = demo.page;
    const focused = () =>
      demo.page.evaluate(() => {
        const { activeElement: element } = document;
        return element?.getAttribute("aria-label") ?? element?.textContent ?? "";
      });
    const tabTo = async (label: string) => {
      for (let presses = 0; presses < 60; presses++) {
        if ((await focused()) === label) return;
        await keyboard.press("Tab");
      }
      throw new Error(`${label} cannot be reached`);
    };
    await tabTo("Prompt");
    await keyboard.press("Control+A");
    await keyboard.type("a green apple");
    await keyboard.press("Enter");
    await demo.picture("a green apple");
    await tabTo("Download PNG");
    const [download] = await Promise.all([demo.page.waitForEvent("download"), keyboard.press("Enter")]);
    expect(download.suggestedFilename()).toMatch(/^a-green-apple-\d+\.png$/);
    await tabTo("Keep this seed");
    await keyboard.press("Space");
    const lock = demo.page.getByRole("button", { name: "Keep this seed" });
    expect(await lock.getAttribute("aria-pressed")).toBe("false");
    await demo.page.getByLabel("Prompt", { exact: true }).focus();
    await keyboard.press("Enter");
    await demo.page.getByRole("button", { name: "Cancel" }).waitFor();
    await keyboard.press("Escape");
    await demo.page.getByRole("button", { name: "Make", exact: true }).waitFor();
    expect(demo.errors).toEqual([]);
  } finally {
    await close();
    await server.close();
  }
});
