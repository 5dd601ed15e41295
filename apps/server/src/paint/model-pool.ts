import type { StableDiffusion } from "sunstep";

export interface LoadRequest {
  readonly model: string;
  readonly vae?: string | undefined;
}

/** Keeps a bounded number of models loaded: the least recently used is freed before another is loaded. */
export class ModelPool {
  readonly #load: (request: LoadRequest, signal: AbortSignal) => Promise<StableDiffusion>;
  readonly #keep: number;
  readonly #loaded = new Map<string, StableDiffusion>();

  constructor(load: (request: LoadRequest, signal: AbortSignal) => Promise<StableDiffusion>, keep: number) {
    this.#load = load;
    this.#keep = keep;
  }

  /** Returns the loaded model. One job at a time calls this: another's call may free it. */
  async use(request: LoadRequest, signal: AbortSignal): Promise<StableDiffusion> {
    const key = JSON.stringify([request.model, request.vae]);
    const known = this.#loaded.get(key);
    this.#loaded.delete(key);
    if (!known) await this.#makeRoom();
    const model = known ?? (await this.#load(request, signal));
    this.#loaded.set(key, model);
    return model;
  }

  async dispose(): Promise<void> {
    const models = [...this.#loaded.values()];
    this.#loaded.clear();
    await Promise.all(models.map((model) => model.dispose()));
  }

  async #makeRoom(): Promise<void> {
    for (const [key, model] of this.#loaded) {
      if (this.#loaded.size < this.#keep) return;
      this.#loaded.delete(key);
      await model.dispose();
    }
  }
}
