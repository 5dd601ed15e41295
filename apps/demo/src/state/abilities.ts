/** The controls of the page, by the place where its images are made. */
export interface Abilities {
  /** Opens the visitor's own models and adapters, and chooses the device. */
  readonly files: boolean;
  /** Makes drafts quickly enough to follow what is typed. */
  readonly live: boolean;
  /** Lets each image choose between few steps and guidance, and how negative prompts are read. */
  readonly sampling: boolean;
}

export const inBrowser: Abilities = { files: true, live: true, sampling: true };
export const onServer: Abilities = { files: false, live: false, sampling: false };
