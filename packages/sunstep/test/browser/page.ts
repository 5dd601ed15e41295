// The page of the browser tests: the public API as a global, and whatever a test needs of it in one call.
import { StableDiffusion } from "../../src/browser.js";

Object.assign(globalThis, { StableDiffusion });
