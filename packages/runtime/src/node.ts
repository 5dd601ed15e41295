// For backends whose worker is a thread of Node and whose weights are files on disk.

export { openFile } from "./node/open-file.js";
export { sizeOnDisk } from "./node/size-on-disk.js";
export { threadPort } from "./node/thread-port.js";
