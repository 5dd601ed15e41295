import { useRef } from "preact/hooks";

interface Props {
  readonly label: string;
  readonly accept?: string;
  readonly multiple?: boolean;
  /** Picks a folder with all its files. */
  readonly folder?: boolean;
  onFiles(files: readonly File[]): void;
}

/** A button that opens the browser's file dialog. */
export function FileButton({ label, accept, multiple = false, folder = false, onFiles }: Props) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" class="secondary" onClick={() => input.current?.click()}>
        {label}
      </button>
      <input
        ref={input}
        type="file"
        hidden
        aria-label={label}
        {...(accept !== undefined && { accept })}
        multiple={multiple}
        {...(folder && { webkitdirectory: true })}
        onChange={(event) => {
          onFiles(Array.from(event.currentTarget.files ?? []));
          event.currentTarget.value = "";
        }}
      />
    </>
  );
}
