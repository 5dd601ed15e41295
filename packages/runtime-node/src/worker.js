// Runs worker-thread.ts from source. A build puts the compiled worker-thread.ts in the place of this file.
import { fileURLToPath } from "node:url";

process.env.TSX_TSCONFIG_PATH ??= fileURLToPath(new URL("../../../tsconfig.json", import.meta.url));
const { register } = await import("tsx/esm/api");
register();
await import("./worker-thread.ts");
