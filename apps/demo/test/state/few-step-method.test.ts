import { describe, expect, it } from "vitest";
import { methodChoices, methodOf } from "../../src/state/few-step-method.js";
import { requestOf } from "../../src/state/request.js";
import { initialSettings } from "../../src/state/settings.js";
import { settingsFromLink, settingsToLink } from "../../src/state/settings-link.js";

const methods = ["lightning", "hyper-sd"];
const optionsOf = (method: string, loaded: readonly string[] = methods) =>
  requestOf({ ...initialSettings, method }, undefined, undefined, false, loaded).options;

describe("the few-step method", () => {
  it("is by default the one that was loaded last, or none", () => {
    expect(methodOf("", methods)).toBe("hyper-sd");
    expect(methodOf("", [])).toBeUndefined();
    expect(methodOf("none", methods)).toBeUndefined();
    expect(methodOf("dmd2-lora", methods)).toBeUndefined();
  });

  it("brings its own steps and guidance", () => {
    expect(optionsOf("lightning")).toMatchObject({ acceleration: "lightning" });
    for (const own of ["steps", "guidanceScale"]) expect(optionsOf("lightning")).not.toHaveProperty(own);
  });

  it("is switched off by none, for the page's steps and guidance", () => {
    expect(optionsOf("none")).toMatchObject({ acceleration: false, steps: 25, guidanceScale: 3 });
    expect(optionsOf("", [])).not.toHaveProperty("acceleration");
  });

  it("is chosen from a menu of the loaded ones", () => {
    expect(methodChoices(methods).map(({ value }) => value)).toEqual(["", "lightning", "hyper-sd", "none"]);
  });

  it("travels in links", () => {
    const link = settingsToLink({ ...initialSettings, method: "hyper-sd" });
    expect(settingsFromLink(link, [])).toMatchObject({ method: "hyper-sd" });
  });
});
