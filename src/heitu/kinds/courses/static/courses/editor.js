// Writing code in a plain textarea: indenting, and as tall as what is in it. Undo keeps working.

const STEP = "    ";

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
  if (!area.classList.contains("text")) area.addEventListener("keydown", (event) => onKey(event, area));
};

const onKey = (event, area) => {
  if (event.isComposing) return;
  if (event.key === "Escape") { leaving.add(area); return; }
  if (event.key === "Tab" && !leaving.has(area)) { event.preventDefault(); indent(area, event.shiftKey); return; }
  if (event.key !== "Tab" && event.key !== "Shift") leaving.delete(area);
  if (event.key === "/" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); comment(area); return; }
  if (event.key === "Enter" && !event.shiftKey && !event.ctrlKey && !event.metaKey) { event.preventDefault(); newLine(area); }
};

const put = (area, from, to, text) => {
  area.setSelectionRange(from, to);
  const done = text ? document.execCommand("insertText", false, text) : from === to || document.execCommand("delete");
  if (!done) { area.setRangeText(text, from, to, "end"); area.dispatchEvent(new Event("input", { bubbles: true })); }
};

const newLine = (area) => {
  const before = area.value.slice(0, area.selectionStart);
  const line = before.slice(before.lastIndexOf("\n") + 1);
  const kept = line.match(/^[ \t]*/)[0];
  put(area, area.selectionStart, area.selectionEnd, `\n${kept}${/:\s*(#.*)?$/.test(line) ? STEP : ""}`);
};

// The whole lines that the selection touches.
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
  if (back) change(area, (line) => line.replace(/^( {1,4}|\t)/, ""));
  else if (area.selectionStart === area.selectionEnd) put(area, area.selectionStart, area.selectionEnd, STEP);
  else change(area, (line) => (line ? STEP + line : line));
};

const comment = (area) => {
  const [from, to] = lines(area);
  const all = area.value.slice(from, to).split("\n").filter((line) => line.trim());
  const isOff = all.length > 0 && all.every((line) => /^\s*#/.test(line));
  change(area, (line) => (isOff ? line.replace(/^(\s*)# ?/, "$1") : line.replace(/^(\s*)(?=\S)/, "$1# ")));
};
