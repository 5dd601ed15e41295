export { checkSunAdapter } from "./check-sun-adapter.js";
export { distilledDefaults } from "./distilled-defaults.js";
export { accelerationErrors } from "./errors.js";
export { isSunAcceleration, type SunAcceleration, type SunOptions, sun } from "./sun.js";
