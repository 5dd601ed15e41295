import { createEngine } from "./create-engine.js";
import { serve } from "./remote.js";

serve(globalThis, createEngine());
