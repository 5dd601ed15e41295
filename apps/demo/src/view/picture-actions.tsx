import { copyPicture, copyText, savePicture } from "../browser/hand-out.js";
import type { Controller } from "../control/controller.js";
import { fileName, type MadePicture } from "../state/gallery.js";
import { settingsToLink } from "../state/settings-link.js";
import { Icon } from "./icon.js";

/** What can be done with the picture on the stage. */
export function PictureActions({
  picture,
  controller,
}: {
  readonly picture: MadePicture;
  readonly controller: Controller;
}) {
  const { settings, url, png } = picture;
  const act = (work: () => Promise<void>, done: string) => () => controller.act(work, done);
  return (
    <fieldset class="actions" aria-label="This picture">
      <button
        type="button"
        class="plain"
        title="Download as PNG, with its settings inside"
        aria-label="Download PNG"
        onClick={() => savePicture(url, fileName(settings))}
      >
        <Icon name="download" />
      </button>
      <button
        type="button"
        class="plain"
        title="Copy the picture"
        aria-label="Copy image"
        onClick={act(() => copyPicture(png), "Picture copied")}
      >
        <Icon name="copy" />
      </button>
      <button
        type="button"
        class="plain"
        title="Copy a link that makes this picture"
        aria-label="Copy link"
        onClick={act(() => copyText(linkTo(settingsToLink(settings))), "Link copied")}
      >
        <Icon name="link" />
      </button>
      <button
        type="button"
        class="plain"
        title="Start the next picture from this one"
        aria-label="Start from this picture"
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
