/** Returns the code of an error of the operating system, such as ENOENT, or of a SunstepError. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
