// Makes images over HTTP: node server.js, then open http://localhost:3000/image?prompt=a+red+apple
import { createServer } from "node:http";
import { StableDiffusion, SunstepError } from "sunstep";

const sd = await StableDiffusion.fromPretrained("emoji");

const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, "http://localhost");
  const prompt = searchParams.get("prompt");
  if (pathname !== "/image" || !prompt) {
    response.writeHead(404).end("GET /image?prompt=a+red+apple\n");
    return;
  }
  // A client that disconnects cancels its request.
  const controller = new AbortController();
  response.once("close", () => controller.abort());
  try {
    // Concurrent requests queue in `sd`: one model makes one image at a time.
    const { images } = await sd.generate(prompt, {
      negativePrompt: searchParams.get("negative") ?? "",
      seed: Number(searchParams.get("seed") ?? 0),
      signal: controller.signal,
    });
    const png = await images[0].toPng();
    response.writeHead(200, { "content-type": "image/png" }).end(png);
  } catch (error) {
    if (controller.signal.aborted) return;
    const isRefused = SunstepError.isInstance(error);
    response.writeHead(isRefused ? 400 : 500).end(isRefused ? `${error.code}: ${error.message}\n` : "");
    if (!isRefused) console.error(error);
  }
});

server.listen(process.env.PORT ?? 3000, () => console.log(`http://localhost:${server.address().port}`));
process.once("SIGTERM", () => server.close(() => sd.dispose()));
