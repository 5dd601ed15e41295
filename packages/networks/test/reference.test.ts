// Every network's numbers, computed by PyTorch, diffusers and transformers.
import { fixture, type KindChecker, referenceCases } from "@sunstep/testing";
import { afterAll, describe, expect, it } from "vitest";
import { kind as controlnet } from "../../../tooling/reference/verify/kinds/controlnet.js";
import { kind as sameCheckpoint } from "../../../tooling/reference/verify/kinds/same-checkpoint.js";
import { kind as taesd } from "../../../tooling/reference/verify/kinds/taesd.js";
import { kind as textEncoder } from "../../../tooling/reference/verify/kinds/text-encoder.js";
import { kind as unet } from "../../../tooling/reference/verify/kinds/unet.js";
import { kind as vae } from "../../../tooling/reference/verify/kinds/vae.js";
import { closeSessions } from "../../../tooling/reference/verify/session.js";

afterAll(closeSessions);

describe.each<[network: string, KindChecker]>([
  ["buildUNet", unet],
  ["buildTextEncoder", textEncoder],
  ["buildVaeDecoder and buildVaeEncoder", vae],
  ["buildTaesdDecoder and buildTaesdEncoder", taesd],
  ["buildControlNet", controlnet],
  ["networks of one model from a folder and from a single file", sameCheckpoint],
])("%s", (_, checker) => {
  it.each(referenceCases(checker.kind).map((testCase) => [testCase.id, testCase] as const))(
    "gives the reference's numbers: %s",
    async (_id, testCase) => {
      await expect(checker.check(testCase, fixture())).resolves.toBeUndefined();
    },
  );
});
