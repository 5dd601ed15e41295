import { fileURLToPath } from "node:url";

/** A module of this package to start in a thread or process of its own. */
export interface Entry {
  readonly module: URL;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** In dist an entry is plain JavaScript; run from source it needs tsx, and tsx the workspace's path mapping. */
export function entry(name: "worker" | "prepare-process"): Entry {
  const here = import.meta.url;
  if (!here.endsWith(".ts")) return { module: new URL(`./${name}.js`, here), argv: [], env: {} };
  return {
    module: new URL("./from-source.mjs", here),
    argv: [new URL(`./${name}.ts`, here).href],
    env: { TSX_TSCONFIG_PATH: fileURLToPath(new URL("../../../tsconfig.json", here)) },
  };
}
