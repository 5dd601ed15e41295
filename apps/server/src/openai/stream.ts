import type { FastifyReply } from "fastify";
import { problemOf } from "../http/status.js";
import type { Submitted } from "../http/submit.js";
import type { PaintProgress } from "../paint/paint-input.js";
import type { Edit } from "./request.js";
import { completedEvents, openaiError } from "./response.js";

/** Milliseconds between two comments that keep a silent connection open. */
const KEEP_ALIVE = 15_000;

/** Answers with server-sent events: images of steps, then the images, or the error. */
export async function streamImages(
  reply: FastifyReply,
  body: Edit,
  type: "image_generation" | "image_edit",
  paint: (onProgress: (progress: PaintProgress) => void) => Promise<Submitted>,
  keepAlive = KEEP_ALIVE,
): Promise<void> {
  const headers = reply.getHeaders();
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, {
    ...(headers as Record<string, string>),
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
  });
  const send = (event: string, data: object) =>
    raw.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  const alive = setInterval(() => raw.write(": alive\n\n"), keepAlive);
  const partial = partialImages(body);
  try {
    const done = await paint((progress) => {
      if (body.progress) send(`${type}.progress`, { type: `${type}.progress`, ...progress });
      const event = partial(progress, type);
      if (event) send(event.type, event);
    });
    for (const event of completedEvents(done, body, type)) send(event.type, event);
  } catch (error) {
    send("error", openaiError(problemOf(error)));
  } finally {
    clearInterval(alive);
    raw.end();
  }
}

/** Returns a function that picks the progress to show: as many images of steps as were asked for, evenly among the steps. */
function partialImages({ partial_images: wanted, quality, output_format: format, size }: Edit) {
  let sent = 0;
  return ({ step, steps, preview }: PaintProgress, type: string) => {
    const count = wanted ?? 0;
    if (preview === undefined || sent >= count || step * (count + 1) < steps * (sent + 1)) return undefined;
    return {
      type: `${type}.partial_image`,
      b64_json: preview,
      partial_image_index: sent++,
      created_at: Math.floor(Date.now() / 1000),
      background: "opaque",
      output_format: format ?? "png",
      quality: quality ?? "auto",
      size: size ?? "auto",
    };
  };
}
