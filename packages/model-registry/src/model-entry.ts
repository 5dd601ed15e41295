/**
 * The part that an entry plays: a whole pipeline, an autoencoder for one, or an acceleration that is added to one.
 * Entries of other kinds are welcome; the registry finds files and does not look at this.
 */
export type ModelKind = "pipeline" | "autoencoder" | "acceleration" | (string & {});

/** A name that people can type instead of a hub id. */
export interface ModelEntry {
  readonly name: string;
  readonly kind: ModelKind;
  readonly architecture: "sd1" | "sd2" | "sdxl";
  /** A path, https URL or hub id, as `resolveModel` takes it. */
  readonly source: string;
  /** Licence identifier of the model's page. */
  readonly license: string;
  readonly description: string;
  /** Size of the download, about, where its page tells. */
  readonly megabytes?: number;
}
