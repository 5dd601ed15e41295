import { GraphBuilder, writeOnnx } from "@sunstep/onnx-graph";
import { InferenceSession } from "onnxruntime-web/webgpu";

/** Starts ONNX Runtime and the device by loading the smallest model there is. */
export async function checkDevice(options: InferenceSession.SessionOptions): Promise<void> {
  const graph = new GraphBuilder({ name: "probe", opsets: { "": 17 } });
  const x = graph.input("x", "float32", [1]);
  graph.output("y", graph.op("Add", [x, x]));
  const session = await InferenceSession.create(writeOnnx(graph.build()), {
    ...options,
    logSeverityLevel: 4,
  });
  await session.release();
}
