export { type ByteSource, blobSource, memorySource } from "./byte-source.js";
export { type FilesErrorCode, filesErrors } from "./errors.js";
