export { checkSunAdapter } from "./check-sun-adapter.js";
export { distilledDefaults } from "./distilled-defaults.js";
export { accelerationErrors } from "./errors.js";
export { negativeErrors, negativeWarnings } from "./negative/errors.js";
export {
  type NegativeMethodName,
  type NegativeMethodSpec,
  negativeMethod,
  negativeMethodNames,
} from "./negative/methods.js";
export { nag } from "./negative/nag.js";
export { nasa } from "./negative/nasa.js";
export { negativeOfSettings, negativeSettings, unreadNegative } from "./negative/settings.js";
export { vsf } from "./negative/vsf.js";
export { isSunAcceleration, type SunAcceleration, type SunOptions, sun } from "./sun.js";
