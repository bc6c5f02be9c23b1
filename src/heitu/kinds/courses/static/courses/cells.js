// A lab's cells on its page: what is typed is saved, what runs runs in a session on the server and shows under its cell.
import { equip, shift } from "./editor.js";
import { Drafts } from "./drafts.js";

const root = document.querySelector("#cells");
const words = JSON.parse(document.querySelector("#cells-words").textContent);
const list = root.querySelector(".cells");
const find = (selector, within = root) => within.querySelector(selector);
const cells = () => [...list.children];
const area = (cell) => find("textarea", cell);
const language = root.dataset.language;

// ── the server ──

// The cookie's is the newest, should somebody have signed in again on another tab.
const token = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] || find("[name=csrfmiddlewaretoken]").value;

const ask = async (method, path, body) => {
  const headers = { "X-CSRFToken": token(), "Content-Type": "application/json" };
  const answer = await fetch(root.dataset.api + path, { method, headers, body: body && JSON.stringify(body) })
    .catch(() => { throw new Error(words.unreachable); });
  if (find("#cells-trouble p").textContent === words.unreachable) trouble("");
  const said = answer.status === 204 ? null : await answer.json().catch(() => null);
  if (answer.ok) return said;
  const why = [401, 403].includes(answer.status) ? words.signed_out : said?.message?.[language] || `HTTP ${answer.status}`;
  throw Object.assign(new Error(why), { code: said?.code, details: said?.details, status: answer.status });
};

const trouble = (text, label, act) => {
  const box = find("#cells-trouble"), button = find("button", box);
  box.hidden = !text;
  find("p", box).textContent = text;
  button.hidden = !label;
  button.textContent = label || "";
  button.onclick = act || null;
};

// ── the session ──

const known = { state: find("#session-words").dataset.state, interpreter: Number(root.dataset.interpreter), since: root.dataset.since };
const versions = new Map(cells().map((cell) => [cell.dataset.cell, Number(cell.dataset.version || 0)]));
const isLive = () => ["waiting", "starting", "open"].includes(known.state);
let timer = 0, pause = 25, seen = Date.now();
const PRESENCE = 20_000, ALONE = 120_000;

const run = async (chosen, instead = false) => {
  trouble("");
  for (const cell of chosen) mark(cell, "waiting");
  try {
    if (!isLive() || instead) show(await ask("POST", "session", { instead }));
    show(await ask("POST", `session/runs${since()}`, { cells: chosen.map(typed) }));
    pause = 25;
    wait();
  } catch (error) {
    for (const cell of chosen) mark(cell, "");
    if (error.code === "no_session") { known.state = "ended"; return run(chosen); }
    look();
    const elsewhere = error.code === "session_elsewhere";
    trouble(error.message, elsewhere && words.moved, elsewhere && (() => run(chosen, true)));
  }
  return undefined;
};

const typed = (cell) => ({ id: cell.dataset.cell, kind: cell.dataset.kind, source: area(cell)?.value ?? "" });

// Ask often right after something was asked for, seldom later, and the more seldom the further back in the queue. Every 20 s the
// page says that somebody is there, whatever runs or waits: whoever says nothing for long loses the session.
const soon = () => { pause = 25; clearTimeout(timer); timer = setTimeout(look, pause); };
const since = () => `?since=${encodeURIComponent(known.since)}`;
const look = async () => {
  if (Date.now() - seen >= PRESENCE) return stay();
  try {
    show(await ask("GET", `session${since()}`));
    pause = Math.min(pause * 1.5, 1000 * Math.min(Math.max(known.place, 1), 20));
  } catch (error) { pause = 3000; unheard(error); }
  return wait();
};
const stay = async () => {
  seen = Date.now();
  try { show(await ask("POST", `session/presence${since()}`)); } catch (error) { unheard(error); }
  wait();
};
const unheard = (error) => { if (error.status === 401 || !error.status) trouble(error.message); };
const wait = () => {
  clearTimeout(timer);
  if (known.isBusy || ["waiting", "starting"].includes(known.state)) timer = setTimeout(look, pause);
  else timer = setTimeout(stay, isLive() ? PRESENCE : ALONE);
};

const show = (told) => {
  if (isLive() && known.interpreter && told.interpreter !== known.interpreter) trouble(words.anew);
  Object.assign(known, { state: told.state, interpreter: told.interpreter, since: told.since, isBusy: told.is_busy, place: told.place });
  find("#session-words").textContent = told.words[language];
  find("#session-words").dataset.state = told.state;
  for (const name of ["interrupt", "restart", "leave"]) find(`[data-do=${name}]`).disabled = !isLive();
  minutes(told);
  for (const each of told.runs) update(each);
  heardOf(told.edition);
  if (!isLive()) halt();
  drafts.heard(told.revision);
};

// Tests were mended while this page was open. It goes on saving into the same places; what it shows is the old.
let edition = root.dataset.edition;
const heardOf = async (told) => {
  if (String(told) === edition) return;
  edition = String(told);
  const { changes } = await ask("GET", `editions/${root.dataset.edition}`).catch(() => ({ changes: [] }));
  const item = (text) => Object.assign(document.createElement("li"), { textContent: text[language] });
  find("#cells-news ul").replaceChildren(...changes.map(item));
  find("#cells-news").hidden = false;
};

// Nothing runs on where there is no session, whatever was written down of it last.
const halt = () => { for (const cell of cells()) if (["waiting", "running"].includes(cell.dataset.state)) mark(cell, "ended"); };

const minutes = (told) => {
  if (told.minutes_left === null) return;
  document.querySelector("span#minutes-left").textContent = told.minutes_left;
  const used = isLive() && told.minutes ? `${words.used.replace("{n}", told.minutes)} · ` : "";
  find("#session-minutes").classList.toggle("short", isLive() && told.minutes_left <= 5);
  find("#session-minutes").textContent = used + words.left.replace("{n}", told.minutes_left);
};

const update = (told) => {
  const cell = cells().find((each) => each.dataset.cell === told.cell);
  if (!cell || versions.get(told.cell) >= told.version) return;
  versions.set(told.cell, told.version);
  const out = find(".cell-out", cell), note = find(".cell-note", cell);
  out.innerHTML = told.html; // made harmless by the server
  out.hidden = !told.html;
  note.textContent = told.note?.[language] || "";
  note.hidden = !told.note;
  find(".cell-count", cell).textContent = `[${told.count ?? " "}]`;
  mark(cell, told.state, told.seconds, out.querySelector("pre.error") || told.is_gone);
  // One voice for all cells: who can't see which one has changed hears its end and the gist of what it put out.
  if (told.state === "done") find("#cells-said").textContent = [find(".cell-state", cell).textContent, note.textContent, out.textContent.slice(0, 300)].join(" ");
};

const mark = (cell, state, seconds, failed) => {
  cell.dataset.state = state;
  const count = find(".cell-count", cell);
  if (state === "running" || state === "waiting") count.textContent = "[*]";
  else if (count.textContent === "[*]") count.textContent = "[ ]";
  const how = state !== "done" ? state : failed ? "failed" : seconds === null ? "ended" : state;
  const said = words[how] || "";
  find(".cell-state", cell).textContent = said.replace("{n}", seconds === null || seconds === undefined ? "" : Math.max(seconds, 0.01).toFixed(2));
};

// ── cells ──

const preview = async (cell) => {
  const out = find(".cell-out", cell);
  try {
    out.innerHTML = (await ask("POST", "preview", { source: area(cell).value, language })).html;
    out.hidden = !out.innerHTML;
  } catch (error) { trouble(error.message); }
};

const act = (cell) => {
  if (cell.dataset.kind === "code") { if ("canRun" in root.dataset) run([cell]); } else preview(cell);
};

const add = (behind, kind) => {
  const cell = find(`template#own-${kind}`).content.firstElementChild.cloneNode(true);
  cell.dataset.cell = `own-${crypto.getRandomValues(new Uint32Array(2)).join("-")}`;
  behind.after(cell);
  ready(cell);
  area(cell).focus();
  drafts.changed();
};

const remove = (cell) => {
  if (area(cell).value.trim() && !window.confirm(words.remove)) return;
  (cell.previousElementSibling?.querySelector(".cell-source, button") || find("[data-do=run-all]")).focus();
  cell.remove();
  drafts.changed();
};

const move = (cell, back) => { area(cell).focus(); shift(area(cell), back); };

const ready = (cell) => {
  const tools = find(".cell-tools", cell);
  if (tools) tools.hidden = false;
  const source = find(".cell-source", cell);
  if (source) equip(source);
};

const next = (cell) => {
  const later = cells().slice(cells().indexOf(cell) + 1).map((each) => find(".cell-source", each)).find(Boolean);
  if (later) later.focus();
};

const drafts = new Drafts({
  ask, words, heardOf, revision: Number(root.dataset.revision), edition: Number(root.dataset.edition), copies: root.dataset.copies,
  typed: () => cells().map(typed), save: find("#save-words"), conflict: find("#cells-conflict"),
});

const DOES = {
  "run-all": () => run(cells().filter((cell) => cell.dataset.kind === "code")),
  interrupt: () => ask("POST", "session/interruption").then(soon),
  restart: () => ask("POST", "session/restart").then(soon),
  leave: () => ask("DELETE", "session").then(soon),
  run: act,
  indent: (cell) => move(cell, false),
  outdent: (cell) => move(cell, true),
  "add-code": (cell) => add(cell, "code"),
  "add-markdown": (cell) => add(cell, "markdown"),
  remove,
  "take-news": async () => { if (await saved()) window.location.reload(); },
  "keep-mine": () => drafts.keepMine(),
  "show-theirs": () => drafts.showTheirs(),
};

root.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (button) Promise.resolve(DOES[button.dataset.do](button.closest(".cell"))).catch((error) => trouble(error.message));
});
root.addEventListener("mousedown", (event) => {
  if (event.target.closest("[data-do=indent], [data-do=outdent]")) event.preventDefault(); // a phone's keyboard stays where it is
});
root.addEventListener("keydown", (event) => {
  const cell = event.target.closest(".cell");
  if (!cell || event.key !== "Enter" || event.isComposing || !(event.shiftKey || event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  act(cell);
  if (event.shiftKey) next(cell);
});
list.addEventListener("input", () => drafts.changed());

// Whatever takes the page away first waits until all is saved; where it can't be, that is said and the page stays.
const saved = async () => {
  const isSaved = await drafts.settled();
  if (!isSaved && !drafts.isConflict) trouble(find("#save-words").textContent);
  return isSaved;
};
const form = document.querySelector("form#hand-in");
form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = find("button", form);
  button.disabled = true; // a second press would hand in twice
  if (await saved()) { form.elements.revision.value = drafts.revision; form.submit(); } else button.disabled = false;
});
window.addEventListener("pageshow", () => { if (form) find("button", form).disabled = false; });
document.querySelector("a#download").addEventListener("click", async (event) => {
  if (!drafts.isDirty) return;
  event.preventDefault();
  if (await saved()) window.location.href = event.target.closest("a").href;
});

find(".cells-tools").hidden = false;
if (form) form.hidden = false;
for (const cell of cells()) { ready(cell); if (cell.dataset.state && cell.dataset.state !== "done") mark(cell, cell.dataset.state); }
for (const name of ["interrupt", "restart", "leave"]) find(`[data-do=${name}]`).disabled = !isLive();
if (isLive()) look(); else { halt(); wait(); }
