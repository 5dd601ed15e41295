import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import axe from "axe-core";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { DemoPage, openBrowser, serveDemo } from "./open-demo.js";

/** Folder of screenshots, outside of the source tree. */
const screenshots = process.env.SUNSTEP_SCREENSHOTS ?? join(tmpdir(), "sunstep-screenshots");
const link = "#prompt=a+red+apple&negative=leaf&seed=3&sun=false&guidedsteps=4";

const desktop = { width: 1280, height: 800 };
const phone = { width: 390, height: 844 };
const looks = [
  { name: "desktop-light", colorScheme: "light", viewport: desktop },
  { name: "desktop-dark", colorScheme: "dark", viewport: desktop },
  { name: "phone-light", colorScheme: "light", viewport: phone },
  { name: "phone-dark", colorScheme: "dark", viewport: phone },
] as const;

let server: Awaited<ReturnType<typeof serveDemo>>;
let browser: Awaited<ReturnType<typeof openBrowser>>;
let demo: DemoPage;

beforeAll(async () => {
  mkdirSync(screenshots, { recursive: true });
  server = await serveDemo();
  browser = await openBrowser();
  demo = await DemoPage.open(browser.context, server.url + link);
  await demo.waitForImage("a red apple");
});
afterAll(async () => {
  await browser.close();
  await server.close();
});
afterEach(() => expect(demo.errors).toEqual([]));

it("can be used with the keyboard alone", async () => {
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
  await demo.waitForImage("a green apple");
  await tabTo("Download PNG");
  const [download] = await Promise.all([demo.page.waitForEvent("download"), keyboard.press("Enter")]);
  expect(download.suggestedFilename()).toBe("a-green-apple-3.png");
  await tabTo("Keep this seed");
  await keyboard.press("Space");
  const lock = demo.page.getByRole("button", { name: "Keep this seed" });
  expect(await lock.getAttribute("aria-pressed")).toBe("false");
  // Long enough to be cancelled.
  await demo.page.getByLabel("Steps", { exact: true }).fill("60");
  await demo.page.getByLabel("Prompt", { exact: true }).focus();
  await keyboard.press("Enter");
  await demo.page.getByRole("button", { name: "Cancel" }).waitFor();
  await keyboard.press("Escape");
  await demo.page.getByRole("button", { name: "Make", exact: true }).waitFor();
});

it("moves the focus to a neighbour when a pressed control disappears", async () => {
  const { page } = demo;
  const focused = () => page.evaluate(() => document.activeElement?.localName);
  await demo.press("Start from this image");
  await page.getByRole("button", { name: "Start from noise again" }).focus();
  await page.keyboard.press("Enter");
  await page.getByLabel(/^Mask:/).waitFor({ state: "detached" });
  expect(await focused()).toBe("summary");
  await demo.drop({ name: "a.safetensors", bytes: new Uint8Array(4) });
  await page.getByRole("alert").getByRole("button", { name: "Close" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("alert").waitFor({ state: "detached" });
  expect(await focused()).toBe("main");
  await page.keyboard.press("Tab");
  expect(await focused()).toBe("button");
});

for (const { name, colorScheme, viewport } of looks) {
  it(`has no serious axe findings and no horizontal overflow: ${name}`, async () => {
    const { page } = demo;
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize(viewport);
    await page.mouse.move(0, 0);
    await page.screenshot({ path: join(screenshots, `${name}.png`) });
    await demo.press("Start from this image");
    await page.getByLabel(/^Mask:/).waitFor();
    const model = page.locator("details").last();
    await model.locator("summary").click();
    await page.screenshot({ path: join(screenshots, `${name}-panels.png`), fullPage: true });
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(
      0,
    );
    expect(await seriousFindings(demo)).toEqual([]);
    await model.locator("summary").click();
    await demo.press("Start from noise again");
    await page.evaluate(() => scrollTo(0, 0));
  });
}

it("shows four steps with SUN beside 25 with guidance, from the same seed", async () => {
  const { page } = demo;
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize(desktop);
  await page.getByLabel("Steps", { exact: true }).fill("25");
  await page.getByRole("switch", { name: /^Compare 4 steps with SUN/ }).check();
  await demo.press("Make");
  await demo.status.filter({ hasText: /times fewer evaluations/ }).waitFor();
  const captions = await page.locator("figcaption").allInnerTexts();
  expect(captions).toEqual([
    expect.stringMatching(/^SUN\s+4 evaluations, [\d.]+ s$/),
    expect.stringMatching(/^Guided\s+50 evaluations, [\d.]+ s$/),
  ]);
  await page.screenshot({ path: join(screenshots, "desktop-compare.png") });
  await page.setViewportSize(phone);
  await page.screenshot({ path: join(screenshots, "phone-compare.png") });
});

interface Finding {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** Runs axe through the debugger, which the page's Content-Security-Policy does not restrict. */
async function seriousFindings({ page }: DemoPage): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = (await page.evaluate("axe.run()")) as { violations: readonly Finding[] };
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}
