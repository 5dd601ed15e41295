// Starts a TypeScript entry of this package in a thread or process of its own, when it is run from source. Node 20
// does not apply `--import tsx` to threads.
import { register } from "tsx/esm/api";

register();
await import(process.argv[2]);
