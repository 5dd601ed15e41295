import { readFileSync } from "node:fs";
import { closeSessions } from "/work/main/tooling/verify-reference/session.js";
import { skipReason } from "/work/main/tooling/verify-reference/skipped.js";

const [dir, ...kinds] = process.argv.slice(2);
const { cases } = JSON.parse(readFileSync(`${dir}/cases.json`, "utf8"));
let ok = 0,
  bad = 0;
for (const k of kinds) {
  const { kind } = await import(`/work/main/tooling/verify-reference/kinds/${k}.ts`);
  for (const c of cases) {
    if (c.kind !== k || skipReason(c)) continue;
    const t = performance.now();
    try {
      await kind.check(c, dir);
      ok++;
      console.log("ok", c.id, Math.round(performance.now() - t));
    } catch (e) {
      bad++;
      console.log("FAIL", c.id, (e as Error).message.slice(0, 400));
    }
  }
}
console.log(ok, "passed", bad, "failed");
await closeSessions();
