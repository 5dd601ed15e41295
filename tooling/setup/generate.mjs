// `npm run generate -- "a red apple"`: sets the workspace up if necessary, then runs the command-line app.
import { join } from "node:path";
import { build, install, root, run } from "./workspace.mjs";

const args = process.argv.slice(2);
await install();
await build("@sunstep/cli...");
// A fixed seed reproduces the README's image; `--seed` overrides it.
const seed = args.some((arg) => arg === "--seed" || arg.startsWith("--seed=")) ? [] : ["--seed", "0"];
run(process.execPath, [join(root, "apps/cli/dist/main.js"), "generate", ...args, ...seed]);
