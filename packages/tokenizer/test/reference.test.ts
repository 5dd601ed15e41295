import { fixture, referenceCases } from "@sunstep/testing";
import { describe, it } from "vitest";
import { kind } from "./reference-case.js";

describe("createTokenizer", () => {
  it.each(referenceCases(kind.kind))("gives the token ids of transformers: $id", (entry) =>
    kind.check(entry, fixture()),
  );
});
