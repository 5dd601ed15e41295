import { expect, it } from "vitest";
import { parseStyles } from "../src/a1111/styles.js";

it("reads AUTOMATIC1111's styles.csv, with quotes, lines and comments", () => {
  const csv =
    '\ufeffname,prompt,negative_prompt\n# mine,,\nink,"a ""wet"", {prompt}\nline",colour\n\noil,in oil\n';
  expect(parseStyles(csv)).toEqual([
    { name: "ink", prompt: 'a "wet", {prompt}\nline', negative_prompt: "colour" },
    { name: "oil", prompt: "in oil", negative_prompt: "" },
  ]);
});

it("reads the column text of older files", () => {
  expect(parseStyles("name,text\nink,in ink\n")).toEqual([
    { name: "ink", prompt: "in ink", negative_prompt: "" },
  ]);
});
