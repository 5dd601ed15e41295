/** The task of a preparing process: one piece of a model to optimise. */
export interface PieceTask {
  readonly folder: string;
  readonly piece: number;
  /** The folder that the locations in the piece's model are relative to. */
  readonly root?: string;
}

export type PieceResult = { readonly piece: number } | { readonly piece: number; readonly error: string };

/** Names of the files in the folder while a model is prepared. */
export const pieceFiles = {
  original: (piece: number) => `original-${piece}.onnx`,
  optimized: (piece: number) => `optimized-${piece}.onnx`,
  weights: (piece: number) => `weights-${piece}.bin`,
} as const;
