import { Icon, type IconName } from "./icon.js";

interface Props {
  readonly icon: IconName;
  /** Its name. */
  readonly label: string;
  /** The tooltip; default: the name. */
  readonly title?: string;
  /** For a button that switches something on and off. */
  readonly pressed?: boolean;
  readonly disabled?: boolean;
  onClick(event: { readonly currentTarget: HTMLButtonElement }): void;
}

/** A button that shows an icon only. */
export function IconButton({ icon, label, title = label, pressed, ...rest }: Props) {
  return (
    <button type="button" class="plain" aria-label={label} title={title} aria-pressed={pressed} {...rest}>
      <Icon name={icon} />
    </button>
  );
}
