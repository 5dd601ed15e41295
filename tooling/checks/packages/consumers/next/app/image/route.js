import { StableDiffusion } from "sunstep";

let loading;

export async function GET(request) {
  loading ??= StableDiffusion.fromPretrained();
  const sd = await loading;
  const prompt = new URL(request.url).searchParams.get("prompt");
  const { images } = await sd.generate(prompt, { seed: 42, signal: request.signal });
  const headers = { "Content-Type": "image/png", "X-Backend": sd.backend };
  return new Response(await images[0].toPng(), { headers });
}
