/** The most that the check lets pass: a share of all comment lines, and a number of lines. */
export const limits = { hiddenSubjects: 0.01, pictures: 0 };

/** Files in which "picture" is right, by the beginning of their path, and why. */
export const allowedPictures: readonly (readonly [path: string, why: string])[] = [
  ["tooling/checks/language/", "states the rule"],
  ["tooling/reference/generator/generate/pipelines.py", "names files of published reference sets"],
];
