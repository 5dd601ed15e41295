export { findModel, listModels } from "./builtin-models.js";
export { type RegistryErrorCode, registryErrors } from "./errors.js";
export { defaultHubEndpoint, hubFileUrl, hubPageUrl } from "./hub-url.js";
export type { ModelEntry, ModelKind } from "./model-entry.js";
export {
  type HubReference,
  isHubRepository,
  isRevision,
  type ModelReference,
  parseModelReference,
} from "./model-reference.js";
export type { OnProgress, ProgressEvent } from "./progress.js";
export { isSafeRelativePath } from "./relative-path.js";
export {
  type FileSelection,
  type PipelineComponent,
  type SelectOptions,
  selectFiles,
} from "./select-files.js";
