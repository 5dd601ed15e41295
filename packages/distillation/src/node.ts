// Folders on disk, for Node.

export { runFolder } from "./node/run-folder.js";
