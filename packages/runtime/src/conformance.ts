export type { ConformanceTarget } from "./conformance/case.js";
export { type ConformanceCase, type ConformanceSuite, runtimeConformance } from "./conformance/suite.js";
