export { checkSunAdapter } from "./check-sun-adapter.js";
export { accelerationErrors, accelerationWarnings } from "./errors.js";
export { type MethodOptions, methodAcceleration } from "./method-acceleration.js";
export { licenseWarnings, recognisedWarning, settingsText } from "./method-warnings.js";
export type {
  FewStepMethod,
  License,
  MethodForm,
  MethodSettings,
  MethodVariant,
  ModelConfigs,
  Range,
} from "./methods/method.js";
export { fewStepMethods } from "./methods/table.js";
export { distilledDefaults, modelAcceleration } from "./model-acceleration.js";
export { negativeErrors, negativeWarnings } from "./negative/errors.js";
export { type NegativeMethodSpec, negativeMethod, negativeMethodNames } from "./negative/methods.js";
export { nag } from "./negative/nag.js";
export { nasa } from "./negative/nasa.js";
export type { NegativeMethodName } from "./negative/parameters.js";
export { negativeOfSettings, negativeSettings, unreadNegative } from "./negative/settings.js";
export { vsf } from "./negative/vsf.js";
export { readDifference } from "./read-difference.js";
export {
  type MethodFile,
  type MethodModel,
  type RecognisedMethod,
  recogniseFile,
  recogniseModel,
} from "./recognise.js";
export { isSunAcceleration, type SunAcceleration, type SunOptions, sun } from "./sun.js";
