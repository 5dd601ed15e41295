/** One piece of a model to optimise, as the process that does it is told. */
export interface PieceTask {
  readonly folder: string;
  readonly piece: number;
  /** Where the locations in the piece's model start. */
  readonly root?: string;
}

export type PieceResult = { readonly piece: number } | { readonly piece: number; readonly error: string };

/** What lies in the folder while a model is prepared. */
export const pieceFiles = {
  original: (piece: number) => `original-${piece}.onnx`,
  optimized: (piece: number) => `optimized-${piece}.onnx`,
  weights: (piece: number) => `weights-${piece}.bin`,
} as const;
