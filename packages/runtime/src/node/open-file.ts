import { fileOfSize } from "@sunstep/files/node";
import type { OpenSource } from "../worker/portable-model.js";

/** Opens a file that the other thread named. */
export const openFile: OpenSource = ({ name, size, path = name }) => fileOfSize(path, size, name);
