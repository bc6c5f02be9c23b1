// Python in colours: the same few kinds, under the same short names, as the server gives to code that can't be changed.

const WORDS = {
  k: "and as assert async await break class continue def del elif else except finally for from global if import in is lambda " +
     "nonlocal not or pass raise return try while with yield",
  kc: "True False None",
};
const KINDS = new Map(Object.entries(WORDS).flatMap(([kind, words]) => words.split(" ").map((word) => [word, kind])));
const TOKEN = new RegExp([
  /(?<comment>#.*)/,
  /(?<string>(?:[bfu]|r[bf]?|[bf]r)?(?:"""(?:\\[^]|[^\\])*?(?:"""|$(?![^]))|'''(?:\\[^]|[^\\])*?(?:'''|$(?![^]))|"(?:\\[^]|[^"\\\n])*"?|'(?:\\[^]|[^'\\\n])*'?))/,
  /(?<soft>(?<=^[ \t]*)(?:match|case)(?=[ \t]+[^\s:,;=&|@)\]}].*:))/,
  /(?<name>[\p{L}_][\p{L}\p{N}_]*)/,
  /(?<number>0(?:[xX][\da-fA-F_]+|[bB][01_]+|[oO][0-7_]+)|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?[jJ]?)/,
].map((each) => each.source).join("|"), "gmui");
const HOLE = /(\{\{|\}\}|\{(?:[^{}]|\{[^{}]*\})*\})/;
const EXPRESSION = /^\{((?:[^:!([{]|!=|\([^)]*\)|\[[^\]]*\])*)([^]*)\}$/;

// Pieces [kind, text] that are the code when put together; kind "" is code like any other.
export const pieces = (code) => {
  const made = [];
  let end = 0;
  for (const found of code.matchAll(TOKEN)) {
    if (found.index > end) made.push(["", code.slice(end, found.index)]);
    made.push(...kinds(found, code));
    end = found.index + found[0].length;
  }
  made.push(["", code.slice(end)]);
  return made.filter(([, text]) => text);
};

const kinds = ({ 0: text, index, groups }, code) => {
  if (groups.comment) return [["c", text]];
  if (groups.string) return strings(text, code.slice(code.lastIndexOf("\n", index - 1) + 1, index));
  if (groups.number) return [["m", text]];
  return [[groups.soft ? "k" : KINDS.get(text) || "", text]];
};

// A long string at the beginning of a line is a docstring; in the braces of an f-string stands code.
const strings = (text, line) => {
  const [, prefix, quote] = text.match(/^(\w*)("""|'''|.)/);
  if (quote.length === 3 && !line.trim() && !/[f]/i.test(prefix)) return [["sd", text]];
  if (!/f/i.test(prefix)) return [["s", text]];
  return text.split(HOLE).flatMap((part) => {
    const [, code, rest] = part.startsWith("{{") ? [] : part.match(EXPRESSION) || [];
    return code === undefined ? [["s", part]] : [["s", "{"], ...pieces(code), ["s", `${rest}}`]];
  });
};

// Shows the code in the element.
export const paint = (element, code) => {
  element.replaceChildren(...pieces(code).map(([kind, text]) => (kind ? coloured(kind, text) : text)));
};

const coloured = (kind, text) => Object.assign(document.createElement("span"), { className: kind, textContent: text });
