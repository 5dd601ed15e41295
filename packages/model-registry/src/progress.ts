// Progress events have the names and fields that users of transformers.js know.

export type ProgressEvent =
  | { readonly status: "initiate"; readonly name: string; readonly file: string }
  | {
      /** Another process downloads the file, or ended while it did; its process number and its machine. */
      readonly status: "waiting";
      readonly name: string;
      readonly file: string;
      readonly pid: number;
      readonly host: string;
    }
  | { readonly status: "download"; readonly name: string; readonly file: string; readonly total?: number }
  | {
      readonly status: "progress";
      readonly name: string;
      readonly file: string;
      /** Bytes on disk, those of an earlier, resumed run included. */
      readonly loaded: number;
      /** Bytes of the whole file; missing where the server does not say. */
      readonly total?: number;
    }
  | { readonly status: "done"; readonly name: string; readonly file: string }
  | { readonly status: "ready"; readonly name: string };

export type OnProgress = (event: ProgressEvent) => void;
