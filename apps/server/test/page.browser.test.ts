// The page of a running server, on a phone and a desktop that reach it by its name in the network.

import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { launchChromium } from "@sunstep/browser-testing";
import type { Page } from "playwright-core";
import { afterAll, expect, it } from "vitest";
import { startServer } from "./start-server.js";

const page = fileURLToPath(new URL("../../demo/server/dist/", import.meta.url));
if (!existsSync(page)) throw new Error(`${page} is missing: run "pnpm build" first`);
const screenshots = process.env.SUNSTEP_SCREENSHOTS ?? mkdtempSync(join(tmpdir(), "sunstep-page-"));

const password = "s3cret";
const server = await startServer({ page, token: password });
const host = "cellar.test";
const home = server.url.replace("127.0.0.1", host);
const browser = await launchChromium({ host });
afterAll(() => browser.close());

async function visit(width: number, height: number) {
  const context = await browser.newContext({
    viewport: { width, height },
    httpCredentials: { username: "me", password },
  });
  const opened = await context.newPage();
  const problems: string[] = [];
  opened.on("pageerror", (error) => problems.push(String(error)));
  opened.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") problems.push(message.text());
  });
  opened.on("request", (request) => {
    if (!request.url().startsWith(home) && !request.url().startsWith("blob:")) problems.push(request.url());
  });
  await opened.goto(home);
  await opened.locator(".status").filter({ hasText: "emoji is ready" }).waitFor();
  return { opened, problems };
}

const press = (opened: Page, name: string) => opened.getByRole("button", { name, exact: true }).click();
const made = (opened: Page) => opened.locator(".status").filter({ hasText: /4 evaluations, .*seed/ });

/** The bytes of the image on the stage, in base64. */
const shown = (opened: Page) =>
  opened.locator("figure img").evaluate(async (image: HTMLImageElement) => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
    const context = canvas.getContext("2d")!;
    context.drawImage(image, 0, 0);
    return [...context.getImageData(0, 0, canvas.width, canvas.height).data.slice(0, 4000)];
  });

it("makes the server's images on a phone, with what the server can do", async () => {
  const { opened, problems } = await visit(390, 844);
  const field = (name: string) => opened.getByLabel(name, { exact: true });
  expect(await field("Steps").inputValue()).toBe("4");
  expect(await field("Width").inputValue()).toBe("128");
  for (const absent of ["Live", "Sampling", "Adapter strength", "Runs on", "Open files"])
    expect([absent, await opened.getByLabel(absent).count()]).toEqual([absent, 0]);
  await field("Prompt").fill("an apple");
  await field("Negative prompt").fill("red");
  await field("Seed").fill("3");
  await press(opened, "Make");
  await made(opened).waitFor();
  const image = opened.getByRole("img", { name: "an apple", exact: true });
  await image.waitFor();
  await opened.screenshot({ path: join(screenshots, "server-phone.png"), fullPage: true });
  expect(await opened.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(
    0,
  );
  // No clipboard without https.
  expect(await opened.getByRole("button", { name: /^Copy/ }).count()).toBe(0);
  const headers = { authorization: `Bearer ${password}` };
  const request = {
    prompt: "an apple",
    negative_prompt: "red",
    seed: 3,
    steps: 4,
    size: "128x128",
    clip_skip: 0,
  };
  const { body } = await server.post("/v1/images/generations", { ...request, random_source: "cpu" }, headers);
  const direct = await opened.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes]));
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d")!;
    context.drawImage(bitmap, 0, 0);
    return [...context.getImageData(0, 0, bitmap.width, bitmap.height).data.slice(0, 4000)];
  }, body.data[0].b64_json);
  expect(await shown(opened)).toEqual(direct);
  expect(problems).toEqual([]);
  await opened.context().close();
});

it("shows progress, cancels, starts from an image and keeps it, on a desktop", async () => {
  const { opened, problems } = await visit(1280, 800);
  await opened.getByLabel("Prompt", { exact: true }).fill("a tree");
  for (const side of ["Width", "Height"]) {
    await opened.getByLabel(side, { exact: true }).fill("512");
    await opened.getByLabel(side, { exact: true }).blur();
  }
  await opened.getByLabel("Steps", { exact: true }).fill("12");
  await press(opened, "Make");
  await opened
    .locator(".status")
    .filter({ hasText: /Step \d+ of 12/ })
    .waitFor();
  await opened.getByRole("img", { name: "Preview" }).waitFor();
  await press(opened, "Cancel");
  await expect.poll(() => server.queue.counts()).toEqual({ waiting: 0, running: 0 });
  for (const side of ["Width", "Height"]) {
    await opened.getByLabel(side, { exact: true }).fill("128");
    await opened.getByLabel(side, { exact: true }).blur();
  }
  await opened.getByLabel("Steps", { exact: true }).fill("4");
  await press(opened, "Make");
  await made(opened).waitFor();
  await press(opened, "Start from this image");
  const mask = opened.getByLabel(/^Mask:/);
  await mask.focus();
  await opened.keyboard.press("Space");
  await opened.getByLabel("Prompt", { exact: true }).fill("a red ball");
  await press(opened, "Make");
  await opened.getByRole("img", { name: "a red ball", exact: true }).waitFor();
  await opened.locator("details").last().locator("summary").click();
  expect(await opened.getByLabel("Model", { exact: true }).inputValue()).toBe("emoji");
  await opened.screenshot({ path: join(screenshots, "server-desktop.png") });
  // The last change is saved in the background.
  await opened.waitForTimeout(500);
  await opened.reload();
  await expect.poll(() => opened.getByRole("button", { name: /^Restore:/ }).count()).toBe(2);
  expect(problems).toEqual([]);
  await opened.context().close();
});
