// `npm run generate -- "a red apple"`: sets the workspace up if need be, then runs the command-line app.
import { join } from "node:path";
import { build, install, root, run } from "./workspace.mjs";

const args = process.argv.slice(2);
install();
build("@sunstep/cli...");
// The same image every time, so that what the README shows is what one gets; `--seed` makes others.
const seed = args.some((arg) => arg === "--seed" || arg.startsWith("--seed=")) ? [] : ["--seed", "0"];
run(process.execPath, [join(root, "apps/cli/dist/main.js"), "generate", ...args, ...seed]);
