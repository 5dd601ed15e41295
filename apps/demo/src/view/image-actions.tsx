import { copyImage, copyText, saveImage } from "../browser/hand-out.js";
import type { Controller } from "../control/controller.js";
import { fileName, type MadeImage } from "../state/gallery.js";
import { settingsToLink } from "../state/settings-link.js";
import { Icon } from "./icon.js";

/** The actions on the image on the stage. */
export function ImageActions({
  image,
  controller,
}: {
  readonly image: MadeImage;
  readonly controller: Controller;
}) {
  const { settings, url, png } = image;
  const act = (work: () => Promise<void>, done: string) => () => controller.act(work, done);
  return (
    <fieldset class="actions" aria-label="This image">
      <button
        type="button"
        class="plain"
        title="Download as PNG, with its settings inside"
        aria-label="Download PNG"
        onClick={() => saveImage(url, fileName(settings))}
      >
        <Icon name="download" />
      </button>
      <button
        type="button"
        class="plain"
        title="Copy the image"
        aria-label="Copy image"
        onClick={act(() => copyImage(png), "Image copied")}
      >
        <Icon name="copy" />
      </button>
      <button
        type="button"
        class="plain"
        title="Copy a link that makes this image"
        aria-label="Copy link"
        onClick={act(() => copyText(linkTo(settingsToLink(settings))), "Link copied")}
      >
        <Icon name="link" />
      </button>
      <button
        type="button"
        class="plain"
        title="Use this image as the start of the next one"
        aria-label="Start from this image"
        onClick={() => controller.startFrom(png)}
      >
        <Icon name="image" />
      </button>
    </fieldset>
  );
}

function linkTo(settings: string): string {
  return `${location.href.split("#")[0]}#${settings}`;
}
