// `pnpm bench:server`: images a second of the server at 1, 8 and 64 clients, in turns with the library alone.
// --rounds N (3), --images N of a round (40), --requests N for the look at memory (0).

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { StableDiffusion } from "sunstep";
import { startServer } from "../start-server.js";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    images: { type: "string", default: "40" },
    requests: { type: "string", default: "0" },
  },
});
const [rounds, images, requests] = [values.rounds, values.images, values.requests].map(Number) as [
  number,
  number,
  number,
];

const data = await mkdtemp(join(tmpdir(), "sunstep-load-"));
const { url, kill } = await startServer(["--data", data]);
const library = await StableDiffusion.fromPretrained("emoji");
const prompt = "a red apple";
let seed = 0;

async function alone(count: number): Promise<number> {
  const begun = performance.now();
  for (let n = 0; n < count; n++) {
    const { images } = await library.generate(prompt, { seed: seed++ });
    await images[0]!.toPng();
  }
  return count / ((performance.now() - begun) / 1000);
}

async function request(): Promise<{ status: number; milliseconds: number }> {
  const begun = performance.now();
  const response = await fetch(`${url}/v1/images/generations`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ prompt, seed: seed++ }),
  });
  await response.arrayBuffer();
  return { status: response.status, milliseconds: performance.now() - begun };
}

async function served(clients: number, count: number) {
  const begun = performance.now();
  const times: number[] = [];
  let left = count;
  let refused = 0;
  const client = async () => {
    while (left-- > 0) {
      const { status, milliseconds } = await request();
      if (status === 200) times.push(milliseconds);
      else refused++;
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  times.sort((a, b) => a - b);
  const rate = times.length / ((performance.now() - begun) / 1000);
  const at = (share: number) => Math.round(times[Math.floor(share * (times.length - 1))] ?? 0);
  return { rate, p50: at(0.5), p99: at(0.99), refused };
}

async function residentBytes(): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\S+)/m.exec(text)?.[1]);
}

try {
  await alone(3);
  await served(1, 3);
  for (const clients of [1, 8, 64]) {
    for (let round = 0; round < rounds; round++) {
      const count = Math.max(images, 2 * clients);
      const base = await alone(count);
      const { rate, p50, p99, refused } = await served(clients, count);
      console.log(
        `${clients} clients: ${rate.toFixed(2)} images/s, library alone ${base.toFixed(2)}, ratio ${(rate / base).toFixed(2)}, p50 ${p50} ms, p99 ${p99} ms, refused ${refused}`,
      );
    }
  }
  const { refused } = await served(160, 160);
  console.log(`160 clients at once, queue of 64: ${refused} refused`);
  for (let done = 0; done < requests; done += 1000) {
    await served(8, Math.min(1000, requests - done));
    console.log(
      `${Math.min(requests, done + 1000)} requests: ${Math.round((await residentBytes()) / 1e6)} MB`,
    );
  }
} finally {
  kill();
  await library.dispose();
  await rm(data, { recursive: true, force: true });
}
