export { type OnnxCheckpointErrorCode, onnxCheckpointErrors, onnxCheckpointWarnings } from "./errors.js";
export { type OnnxFolderOptions, openOnnxFolder } from "./open-onnx-folder.js";
