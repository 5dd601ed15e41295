// Runs a TypeScript module in a thread or process of its own. Node 20 does not apply `--import tsx` to threads.
import { register } from "tsx/esm/api";

register();
await import(process.argv[2]);
