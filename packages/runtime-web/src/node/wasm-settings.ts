/** The settings that the thread receives when it starts. */
export interface WasmSettings {
  readonly threads: number;
}
