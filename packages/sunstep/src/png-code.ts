// The encoder of PNG files: a module of its own in a build, which is loaded with the first file.
export { encodePng } from "@sunstep/image";
