// Writing code in a textarea: in colours, indented, as tall as what is in it. The text is the textarea's own, so that undo, other
// input methods, touch, search and screen readers work as anywhere; the colours lie over it and can't be met.
import { paint } from "./colours.js";

const STEP = "    ";
const PAIRS = { "(": ")", "[": "]", "{": "}" };

// Escape, then Tab, leaves the cell: nobody is caught in it.
const leaving = new WeakSet();

// Text wraps, code doesn't.
export const fit = (area) => {
  area.rows = Math.max(area.value.split("\n").length, 2);
  const beyond = area.scrollHeight - area.clientHeight;
  if (beyond > 0 && area.classList.contains("text")) area.rows += Math.ceil(beyond / parseFloat(getComputedStyle(area).lineHeight));
};

export const equip = (area) => {
  area.readOnly = false;
  fit(area);
  area.addEventListener("input", () => fit(area));
  area.addEventListener("blur", () => leaving.delete(area));
  if (area.classList.contains("text")) return;
  colour(area);
  area.addEventListener("keydown", (event) => onKey(event, area));
  area.addEventListener("beforeinput", (event) => { if (!isPutting && !event.isComposing && WRITES[event.inputType]?.(area, event.data)) event.preventDefault(); });
};

const colour = (area) => {
  const box = area.parentElement, over = document.createElement("pre"), code = document.createElement("code");
  over.ariaHidden = "true";
  over.append(code);
  box.append(over);
  const follow = () => { code.style.setProperty("--scrolled", `${-area.scrollLeft}px`); };
  const show = () => { paint(code, area.value); follow(); };
  area.addEventListener("input", show);
  area.addEventListener("scroll", follow);
  // What is being composed is shown as the input method wants it.
  area.addEventListener("compositionstart", () => box.classList.remove("painted"));
  area.addEventListener("compositionend", () => { box.classList.add("painted"); show(); });
  box.classList.add("painted");
  show();
};

const onKey = (event, area) => {
  if (event.isComposing) return;
  if (event.key === "Escape") { leaving.add(area); return; }
  if (event.key === "Tab" && !leaving.has(area)) { event.preventDefault(); indent(area, event.shiftKey); return; }
  if (event.key !== "Tab" && event.key !== "Shift") leaving.delete(area);
  if (event.key === "/" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); comment(area); }
};

let isPutting = false;
const put = (area, from, to, text) => {
  area.setSelectionRange(from, to);
  isPutting = true;
  const done = text ? document.execCommand("insertText", false, text) : from === to || document.execCommand("delete");
  isPutting = false;
  if (!done) { area.setRangeText(text, from, to, "end"); area.dispatchEvent(new Event("input", { bubbles: true })); }
};

// ── what is typed, by whatever keyboard ──

const newLine = (area) => {
  const at = area.selectionStart, before = area.value.slice(0, at), after = area.value[area.selectionEnd];
  const line = before.slice(before.lastIndexOf("\n") + 1);
  const kept = `\n${line.match(/^[ \t]*/)[0]}`;
  const isOpen = before.slice(-1) in PAIRS, isDeeper = isOpen || /:\s*(#.*)?$/.test(line);
  const made = kept + (isDeeper ? STEP : "");
  put(area, at, area.selectionEnd, made + (isOpen && PAIRS[before.slice(-1)] === after ? kept : ""));
  area.setSelectionRange(at + made.length, at + made.length);
  return true;
};

const bracket = (area, typed) => {
  const { selectionStart: from, selectionEnd: to, value } = area, next = value[to] ?? "";
  if (from === to && Object.values(PAIRS).includes(typed) && next === typed) { area.setSelectionRange(to + 1, to + 1); return true; }
  if (!(typed in PAIRS) || (from === to && /[^\s)\]},:]/.test(next))) return false;
  put(area, from, to, typed + value.slice(from, to) + PAIRS[typed]);
  area.setSelectionRange(from + 1, to + 1);
  return true;
};

// An empty pair goes as one, and so does a step of indentation.
const back = (area) => {
  const { selectionStart: at, selectionEnd: to, value } = area, line = value.slice(value.lastIndexOf("\n", at - 1) + 1, at);
  if (at !== to || at === 0) return false;
  const isPair = value[at - 1] in PAIRS && value[at] === PAIRS[value[at - 1]], isIndent = /^ +$/.test(line);
  if (!isPair && !isIndent) return false;
  put(area, at - (isPair ? 1 : (line.length - 1) % STEP.length + 1), isPair ? at + 1 : at, "");
  return true;
};

const WRITES = { insertLineBreak: newLine, insertText: bracket, deleteContentBackward: back };

// ── whole lines ──

// Those that the selection touches.
const lines = (area) => {
  const from = area.value.lastIndexOf("\n", area.selectionStart - 1) + 1;
  const end = area.value.indexOf("\n", Math.max(area.selectionEnd, from));
  return [from, end < 0 ? area.value.length : end];
};

const change = (area, how) => {
  const [from, to] = lines(area);
  const made = area.value.slice(from, to).split("\n").map(how).join("\n");
  const isPlace = area.selectionStart === area.selectionEnd;
  const place = Math.max(area.selectionStart + made.length - (to - from), from);
  put(area, from, to, made);
  if (isPlace) area.setSelectionRange(place, place); else area.setSelectionRange(from, from + made.length);
};

const indent = (area, back) => {
  if (!back && area.selectionStart === area.selectionEnd) put(area, area.selectionStart, area.selectionEnd, STEP);
  else shift(area, back);
};

export const shift = (area, back) => {
  const isOne = area.selectionStart === area.selectionEnd;
  change(area, (line) => (back ? line.replace(/^( {1,4}|\t)/, "") : line || isOne ? STEP + line : line));
};

const comment = (area) => {
  const [from, to] = lines(area);
  const all = area.value.slice(from, to).split("\n").filter((line) => line.trim());
  const isOff = all.length > 0 && all.every((line) => /^\s*#/.test(line));
  change(area, (line) => (isOff ? line.replace(/^(\s*)# ?/, "$1") : line.replace(/^(\s*)(?=\S)/, "$1# ")));
};
