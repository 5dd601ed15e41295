import type { JobQueue } from "@sunstep/jobs";

/** The settings that AUTOMATIC1111's clients read and write, under its names; `sunstep_…` are our own. */
export type Settings = {
  /** Name of a model. */
  readonly sd_model_checkpoint: string;
  /** Name of a VAE, or "Automatic" or "None" for the model's own. */
  readonly sd_vae: string;
  readonly CLIP_stop_at_last_layers: number;
  /** Clients read it; responses of this API are PNG, as AUTOMATIC1111's are by default. */
  readonly samples_format: "png" | "jpg" | "jpeg" | "webp";
  readonly jpeg_quality: number;
  readonly live_previews_enable: boolean;
  /** "GPU" draws the noise that AUTOMATIC1111 draws by default, so that seeds carry over. */
  readonly randn_source: "GPU" | "CPU" | "NV";
  /** Steps that a model of few steps takes at most; 0: the number that it was made for. */
  readonly sunstep_most_steps: number;
};

const defaults: Omit<Settings, "sd_model_checkpoint"> = {
  sd_vae: "Automatic",
  CLIP_stop_at_last_layers: 1,
  samples_format: "png",
  jpeg_quality: 80,
  live_previews_enable: true,
  randn_source: "GPU",
  sunstep_most_steps: 0,
};

const NAME = "options";

/** The server's settings: kept in the queue's store, so that all fronts have the same and a restart keeps them. */
export class SettingsStore {
  readonly #queue: JobQueue;
  /** Settings that the command line gives. */
  readonly #own: Partial<Settings>;
  readonly #firstModel: () => Promise<string>;

  constructor(queue: JobQueue, own: Partial<Settings>, firstModel: () => Promise<string>) {
    this.#queue = queue;
    this.#own = own;
    this.#firstModel = firstModel;
  }

  async read(): Promise<Settings> {
    const saved = ((await this.#queue.load(NAME)) ?? {}) as Partial<Settings>;
    return { sd_model_checkpoint: await this.#firstModel(), ...defaults, ...this.#own, ...saved };
  }

  async change(changes: Partial<Settings>): Promise<void> {
    const saved = ((await this.#queue.load(NAME)) ?? {}) as Partial<Settings>;
    await this.#queue.save(NAME, { ...saved, ...changes });
  }
}
