/** A few-step method whose adapter is loaded. */
export interface Acceleration {
  /** The method's short name: "SUN". */
  readonly method: string;
  /** "SpeedUpNet". */
  readonly fullName: string;
  /** The adapter's name, as images record it. */
  readonly adapter: string;
}

/** The method of the embedded model, which the page offers before that model is open. */
export const embeddedAcceleration: Acceleration = {
  method: "SUN",
  fullName: "SpeedUpNet",
  adapter: "sun_adapter",
};
