export type { ConformanceCase, ConformanceSuite, ConformanceTarget } from "./conformance/suite.js";
export { runtimeConformance } from "./conformance/suite.js";
