import { formatBytes, formatTable, usageError } from "@sunstep/command-line";
import { clearPreparedCache, preparedCacheInfo } from "@sunstep/runtime-node";
import type { Command } from "../command.js";
import { commonOptions } from "../options/options.js";

export const cache: Command<typeof commonOptions> = {
  name: "cache",
  usage: "cache [clear]",
  summary: "list the prepared copies of large models, which load at once; clear deletes them",
  options: commonOptions,
  async run({ values, positionals: [action, ...rest] }, { console }) {
    if ((action !== undefined && action !== "clear") || rest.length > 0) {
      throw usageError("call it as sunstep cache, or as sunstep cache clear");
    }
    const info = await preparedCacheInfo();
    if (action === "clear") {
      await clearPreparedCache();
      console.result(
        values.json ? JSON.stringify({ bytes: info.bytes }) : `freed ${formatBytes(info.bytes)}`,
      );
      return 0;
    }
    if (values.json) console.result(JSON.stringify(info));
    else {
      const rows = info.entries.map(({ label, bytes, lastUsed }) => [
        label,
        formatBytes(bytes),
        lastUsed.toISOString().slice(0, 10),
      ]);
      for (const line of formatTable(rows)) console.result(line);
      console.result(`${info.entries.length} prepared models, ${formatBytes(info.bytes)}, in ${info.folder}`);
    }
    return 0;
  },
};
