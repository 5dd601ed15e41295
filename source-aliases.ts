import { fileURLToPath } from "node:url";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/**
 * Resolves the packages to their sources: no build is needed between an edit and its test, and a bundler can load the
 * modules of a package apart. For browsers, `@sunstep/runtime-web` stays as built, since its worker is a file of its build.
 */
export const sourceAliases = ({ browser = false } = {}) => [
  { find: /^@sunstep\/testing$/, replacement: at("./tooling/testing/node/src/index.ts") },
  { find: /^@sunstep\/emoji-data$/, replacement: at("./tooling/emoji/data/src/index.ts") },
  { find: /^@sunstep\/browser-testing$/, replacement: at("./tooling/testing/browser/src/index.ts") },
  {
    find: /^@sunstep\/([^/]+)\/(node|web|files|worker|conformance|training|presets|redis)$/,
    replacement: at("./packages/$1/src/$2.ts"),
  },
  {
    find: browser ? /^@sunstep\/(?!runtime-web$)([^/]+)$/ : /^@sunstep\/([^/]+)$/,
    replacement: at("./packages/$1/src/index.ts"),
  },
  { find: /^sunstep$/, replacement: at(`./packages/sunstep/src/${browser ? "browser" : "index"}.ts`) },
];
