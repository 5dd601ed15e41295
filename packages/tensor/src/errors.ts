import { defineErrors } from "@sunstep/errors";

/** Codes of the errors that this package throws. */
export const [tensorErrors, tensorError] = defineErrors({
  TENSOR_DATA_TYPE: "the name of the data type is not known, or the array does not belong to it",
  TENSOR_SHAPE: "the shape has a negative or fractional size, or does not fit the number of elements",
  GENERATOR_SEED: "the seed is not an integer that torch accepts",
  GENERATOR_RANGE: "the count or range of a random draw is not one that torch accepts",
});
