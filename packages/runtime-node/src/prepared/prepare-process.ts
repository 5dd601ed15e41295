// A process in which ONNX Runtime optimises the pieces of a model in turn. Its memory returns to the system when it
// ends, and a system that runs out of memory ends it instead of the user's process.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { InferenceSession } from "onnxruntime-node";
import { type PieceResult, type PieceTask, pieceFiles } from "./piece-task.js";

async function prepare({ folder, piece, root }: PieceTask): Promise<PieceResult> {
  try {
    const model = await readFile(join(folder, pieceFiles.original(piece)));
    const session = await InferenceSession.create(model, {
      graphOptimizationLevel: "all",
      logSeverityLevel: 4,
      intraOpNumThreads: 1,
      enableCpuMemArena: false,
      optimizedModelFilePath: join(folder, pieceFiles.optimized(piece)),
      extra: {
        "session.disable_prepacking": "1",
        "session.optimized_model_external_initializers_file_name": pieceFiles.weights(piece),
        "session.optimized_model_external_initializers_min_size_in_bytes": "1024",
        ...(root !== undefined && { "session.model_external_initializers_file_folder_path": root }),
      },
    });
    await session.release();
    return { piece };
  } catch (error) {
    return { piece, error: error instanceof Error ? error.message : String(error) };
  }
}

/** Serves tasks until the parent disconnects. */
export function serveTasks(): void {
  process.on("message", async (task: PieceTask) => {
    const result = await prepare(task);
    process.send?.(result);
  });
  process.on("disconnect", () => process.exit());
}
