// `pnpm bench:server`: images a second of the server at 1, 8 and 64 clients, in turns with the library alone.
// --clients LIST (1,8,64), --rounds N (3), --images N of a round (40), --requests N for the look at memory (0), --write into docs/scale.md.

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { withSection } from "../../checks/docs/sections.js";
import { startServer } from "../start-server.js";
import { createMeter, type Load } from "./measure.js";
import { loadTable, type Memory, memoryText } from "./tables.js";

const { values } = parseArgs({
  options: {
    clients: { type: "string", default: "1,8,64" },
    rounds: { type: "string", default: "3" },
    images: { type: "string", default: "40" },
    requests: { type: "string", default: "0" },
    write: { type: "boolean", default: false },
  },
});
const [rounds, images, requests] = [values.rounds, values.images, values.requests].map(Number) as [
  number,
  number,
  number,
];
const document = new URL("../../../docs/scale.md", import.meta.url);

/** Clients of one request each, more than the queue takes. */
const CROWD = 160;
const LOOKS = 10;
const small = { size: "64x64", steps: 1 };

const data = await mkdtemp(join(tmpdir(), "sunstep-load-"));
const { url, kill } = await startServer(["--data", data]);
const meter = await createMeter(url);
try {
  await meter.load(1, 3);
  const loads: Load[] = [];
  for (let round = 0; round < rounds; round++)
    for (const clients of values.clients.split(",").map(Number))
      loads.push(await meter.load(clients, Math.max(images, 2 * clients)));
  const { refused } = await meter.served(CROWD, CROWD);
  const looks: Memory[] = [];
  for (let done = 0; done < requests; ) {
    const count = Math.min(Math.ceil(requests / LOOKS), requests - done);
    await meter.served(8, count, small);
    done += count;
    looks.push({ requests: done, bytes: await meter.residentBytes() });
  }
  const machine = `Measured by \`pnpm bench:server\` on ${cpus().length} cores (${cpus()[0]?.model.trim()}), emoji model, medians of ${rounds} rounds in turns with the library:`;
  const crowd = `Of ${CROWD} clients at once, ${refused} were told to come back later (the queue has 64 places).`;
  const text = [
    machine,
    "",
    loadTable(loads),
    "",
    crowd,
    ...(looks.length > 0 ? ["", memoryText(looks)] : []),
  ];
  console.log(text.join("\n"));
  if (values.write) {
    const markdown = await readFile(document, "utf8");
    await writeFile(document, withSection(markdown, { name: "load" }, `${text.join("\n")}\n`));
  }
} finally {
  kill();
  await meter.dispose();
  await rm(data, { recursive: true, force: true });
}
