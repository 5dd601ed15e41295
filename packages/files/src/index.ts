export { type ByteSource, blobSource, memorySource, placeOf } from "./byte-source.js";
export { type FilesErrorCode, filesErrors } from "./errors.js";
