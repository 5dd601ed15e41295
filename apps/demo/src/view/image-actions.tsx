import { drawSheet } from "../browser/draw-sheet.js";
import { canCopy, canShareImages, copyImage, copyText, saveImage, shareImage } from "../browser/hand-out.js";
import type { Controller } from "../control/controller.js";
import type { AppState } from "../state/app-state.js";
import { contactSheet } from "../state/contact-sheet.js";
import { fileName } from "../state/gallery.js";
import { settingsToLink } from "../state/settings-link.js";
import { IconButton } from "./icon-button.js";

interface Props {
  readonly state: AppState;
  readonly controller: Controller;
}

const shares = canShareImages();
const copies = canCopy();

/** The actions on the image on the stage, or on all compared images as one. */
export function ImageActions({ state: { frames }, controller }: Props) {
  const [first, ...others] = frames;
  const image = first?.image;
  const sheet = others.length > 0 ? contactSheet(frames) : undefined;
  const single = others.length === 0;
  const ready = single ? image !== undefined : sheet !== undefined;
  const file = async () => (sheet ? drawSheet(sheet) : image!.png);
  const name = () => fileName(image!.settings, single ? "" : "comparison");
  const act = (work: () => Promise<string | undefined>) => () => controller.act(work);
  return (
    <fieldset class="actions" aria-label={single ? "This image" : "This comparison"} disabled={!ready}>
      <IconButton
        icon="download"
        title={single ? "Download as PNG, with its settings inside" : "Download all as one PNG"}
        label="Download PNG"
        onClick={act(async () => {
          saveImage(await file(), name());
          return undefined;
        })}
      />
      {shares && (
        <IconButton
          icon="share"
          title="Share"
          label="Share image"
          onClick={act(async () => ((await shareImage(await file(), name())) ? "Image shared" : undefined))}
        />
      )}
      {copies && (
        <IconButton
          icon="copy"
          title={single ? "Copy the image" : "Copy all as one image"}
          label="Copy image"
          onClick={act(async () => {
            await copyImage(file());
            return "Image copied";
          })}
        />
      )}
      {single && (
        <>
          {copies && (
            <IconButton
              icon="link"
              title="Copy a link that makes this image"
              label="Copy link"
              onClick={act(async () => {
                await copyText(linkTo(settingsToLink(image!.settings)));
                return "Link copied";
              })}
            />
          )}
          <IconButton
            icon="image"
            title="Use this image as the start of the next one"
            label="Start from this image"
            onClick={() => controller.startFrom(image!.png)}
          />
        </>
      )}
    </fieldset>
  );
}

function linkTo(settings: string): string {
  return `${location.href.split("#")[0]}#${settings}`;
}
