import { StableDiffusion } from "sunstep";

const prompt = "a red apple";

export interface Load {
  readonly clients: number;
  /** Images a second. */
  readonly rate: number;
  /** Images a second of the library alone, in the same round. */
  readonly alone: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly refused: number;
}

/** Measures a server at `url` against the library in this process; both make images of new seeds. */
export async function createMeter(url: string) {
  const library = await StableDiffusion.fromPretrained("emoji");
  let seed = 0;

  async function alone(count: number): Promise<number> {
    const begun = performance.now();
    for (let n = 0; n < count; n++) {
      const { images } = await library.generate(prompt, { seed: seed++ });
      await images[0]!.toPng();
    }
    return count / ((performance.now() - begun) / 1000);
  }

  async function request(fields: object): Promise<{ status: number; milliseconds: number }> {
    const begun = performance.now();
    const response = await fetch(`${url}/v1/images/generations`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ prompt, seed: seed++, ...fields }),
    });
    await response.arrayBuffer();
    return { status: response.status, milliseconds: performance.now() - begun };
  }

  async function served(clients: number, count: number, fields: object = {}) {
    const begun = performance.now();
    const times: number[] = [];
    let left = count;
    let refused = 0;
    const client = async () => {
      while (left-- > 0) {
        const { status, milliseconds } = await request(fields);
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

  return {
    served,
    /** The server and the library in turn. */
    async load(clients: number, count: number): Promise<Load> {
      const base = await alone(count);
      return { clients, alone: base, ...(await served(clients, count)) };
    },
    async residentBytes(): Promise<number> {
      const text = await (await fetch(`${url}/metrics`)).text();
      return Number(/^process_resident_memory_bytes (\S+)/m.exec(text)?.[1]);
    },
    dispose: () => library.dispose(),
  };
}
