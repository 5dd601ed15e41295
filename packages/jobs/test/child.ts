// A process of its own: adds or runs jobs until it is killed. Its arguments: a role, the place, further ones.

import { setTimeout as delay } from "node:timers/promises";
import { openFolderQueue } from "../src/folder/folder-queue.js";
import type { JobWorker } from "../src/queue.js";
import { openRedisQueue } from "../src/redis/redis-queue.js";

const [role, place, longest = "20"] = process.argv.slice(2);

const tell = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);

/** A job takes a while, and makes a blob of a known content. */
const worker: JobWorker = {
  offer: { models: ["emoji"], catalogue: {} },
  async run({ id, spec }, { blobs, report }) {
    report({ step: 1 });
    await delay(Math.random() * Number(longest));
    const blob = await blobs.put(new TextEncoder().encode(`result of ${spec.input} `.repeat(2000)));
    tell({ ran: id });
    return { input: spec.input, blob };
  },
};

if (role === "folder") {
  const queue = await openFolderQueue(place!);
  tell({ ready: true });
  await queue.serve(worker);
  for (let n = 0; ; n++) {
    const input = `${process.pid}-${n}`;
    const added = await queue
      .add({ input, model: "emoji", client: `client ${n % 3}`, key: input, deadline: Date.now() + 600_000 })
      .catch(() => undefined);
    if (added) tell({ accepted: added.job.id, input });
    await delay(Math.random() * 10);
  }
} else {
  const queue = await openRedisQueue(place!, { lockDuration: 2000 });
  await queue.serve(worker);
  tell({ ready: true });
}
