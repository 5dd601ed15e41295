import ts from "typescript";

/** The prose of a source file, line by line as it stands in the file. */
export interface Prose {
  readonly comments: readonly Line[];
  /** String literals, template texts, JSX text and identifiers. */
  readonly words: readonly Line[];
}

export interface Line {
  /** Counted from 1. */
  readonly line: number;
  /** Without the comment's own signs and without indentation; never empty. */
  readonly text: string;
}

/** Reads the prose of a TypeScript, JavaScript, Python or Markdown file, told apart by the name's extension. */
export function readProse(name: string, source: string): Prose {
  if (name.endsWith(".md")) return { comments: [], words: linesOf(source, 0, source) };
  return name.endsWith(".py") ? pythonProse(source) : scriptProse(name, source);
}

function scriptProse(name: string, source: string): Prose {
  const file = ts.createSourceFile(name, source, ts.ScriptTarget.Latest, true);
  const comments = new Map<number, Line[]>();
  const words: Line[] = [];
  const visit = (node: ts.Node): void => {
    const children = node.getChildren(file);
    for (const child of children) visit(child);
    if (children.length > 0) return;
    if (node.kind === ts.SyntaxKind.JsxText || spoken(node))
      words.push(...linesOf(source, node.getStart(file), node.getText(file)));
    if (node.kind === ts.SyntaxKind.JsxText) return;
    const ranges = [
      ...(ts.getLeadingCommentRanges(source, node.getFullStart()) ?? []),
      ...(ts.getTrailingCommentRanges(source, node.end) ?? []),
    ];
    for (const { pos, end } of ranges) comments.set(pos, linesOf(source, pos, source.slice(pos, end)));
  };
  visit(file);
  return { comments: [...comments.values()].flat(), words };
}

const spoken = (node: ts.Node) =>
  ts.isStringLiteralLike(node) ||
  ts.isTemplateLiteralToken(node) ||
  ts.isIdentifier(node) ||
  ts.isPrivateIdentifier(node);

/** Docstrings count as comments; code that is neither string nor comment counts as words. */
function pythonProse(source: string): Prose {
  const comments: Line[] = [];
  const words: Line[] = [];
  let end = 0;
  for (const { 0: found, index } of source.matchAll(pythonTokens)) {
    words.push(...linesOf(source, end, source.slice(end, index)));
    (/^(#|"""|''')/.test(found) ? comments : words).push(...linesOf(source, index, found));
    end = index + found.length;
  }
  words.push(...linesOf(source, end, source.slice(end)));
  return { comments, words };
}

const pythonTokens = /"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|#[^\n]*/g;

function linesOf(source: string, start: number, text: string): Line[] {
  const first = source.slice(0, start).split("\n").length;
  return text
    .split("\n")
    .map((line, index) => ({ line: first + index, text: line.replace(signs, "").trim() }))
    .filter((line) => line.text !== "");
}

/** Comment signs at the beginning of a line, and the one that ends a block. */
const signs = /^\s*(\/\*\*?|\*\/|\*|\/\/+|#+|"""|''')?\s*|\s*(\*\/|""")\s*$/g;
