import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSafeRelativePath, type ModelReference, parseModelReference } from "../src/index.js";

const commit = "0123456789abcdef0123456789abcdef01234567";

const understood: [string, ModelReference][] = [
  ["sd15", { kind: "name", name: "sd15" }],
  ["realistic-vision-5.1", { kind: "name", name: "realistic-vision-5.1" }],
  ["model.safetensors", { kind: "path", path: "model.safetensors" }],
  ["./sd15", { kind: "path", path: "./sd15" }],
  ["../a/b", { kind: "path", path: "../a/b" }],
  [".", { kind: "path", path: "." }],
  ["/models/sd", { kind: "path", path: "/models/sd" }],
  ["~/models/sd", { kind: "path", path: "~/models/sd" }],
  ["C:\\models\\sd.safetensors", { kind: "path", path: "C:\\models\\sd.safetensors" }],
  ["a/b/c", { kind: "path", path: "a/b/c" }],
  ["folder/model.safetensors", { kind: "path", path: "folder/model.safetensors" }],
  ["file:///models/sd", { kind: "path", path: "file:///models/sd" }],
  ["owner/name", { kind: "hub", repository: "owner/name" }],
  ["owner/name@fp16", { kind: "hub", repository: "owner/name", revision: "fp16" }],
  ["owner/name@refs/pr/1", { kind: "hub", repository: "owner/name", revision: "refs/pr/1" }],
  [`o_w.n/n.a-m_e@${commit}`, { kind: "hub", repository: "o_w.n/n.a-m_e", revision: commit }],
  ["owner/name:unet", { kind: "hub", repository: "owner/name", path: "unet" }],
  [
    "owner/name@v1:a/b c.safetensors",
    { kind: "hub", repository: "owner/name", revision: "v1", path: "a/b c.safetensors" },
  ],
  ["https://huggingface.co/owner/name", { kind: "hub", repository: "owner/name" }],
  [
    "https://huggingface.co/owner/name/tree/main",
    { kind: "hub", repository: "owner/name", revision: "main" },
  ],
  [
    "https://huggingface.co/owner/name/resolve/main/a%20b/c.safetensors?download=true",
    { kind: "hub", repository: "owner/name", revision: "main", path: "a b/c.safetensors" },
  ],
  ["https://example.com/a.safetensors?x=1", { kind: "url", url: "https://example.com/a.safetensors?x=1" }],
  ["http://127.0.0.1:8080/a", { kind: "url", url: "http://127.0.0.1:8080/a" }],
  ["http://localhost/a", { kind: "url", url: "http://localhost/a" }],
];

const refused = [
  "",
  "a\0b",
  "owner/name:../x",
  "owner/name:/etc/passwd",
  "owner/name:a/../../b",
  "owner/name:a\\b",
  "owner/name:",
  "owner/name@",
  "owner/name@../x",
  "owner/name@a/../../b",
  "owner/name@a b",
  "owner--name/x:y",
  "owner/na..me:x",
  "owner@main",
  "owner/a/b@main",
  "http://example.com/a.safetensors",
  "http://127.0.0.1.example.com/a",
  "ftp://example.com/a",
  "https://user:password@example.com/a",
  "https://",
  "https://huggingface.co/owner/name/resolve/main/%2e%2e%2fx",
  "https://huggingface.co/owner/name/resolve/main/%ff",
];

describe("parseModelReference", () => {
  it.each(understood)("understands %j", (text, expected) => {
    expect(parseModelReference(text)).toEqual(expected);
  });

  it.each(refused)("refuses %j", (text) => {
    expect(() => parseModelReference(text)).toThrow(expect.objectContaining({ code: "MODEL_NAME_INVALID" }));
  });

  it("never gives a hub path or revision that leaves its folder", () => {
    const part = fc.constantFrom("a", "..", ".", "/", "\\", ":", "@", "%2e", "C:", "-", "\u0000");
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        let reference: ModelReference;
        try {
          reference = parseModelReference(`owner/name${parts.join("")}`);
        } catch {
          return;
        }
        if (reference.kind !== "hub") return;
        for (const text of [reference.path, reference.revision]) {
          expect(text === undefined || isSafeRelativePath(text)).toBe(true);
        }
      }),
    );
  });
});
