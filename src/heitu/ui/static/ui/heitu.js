// The few manners of a page that HTML alone doesn't have. Everything here is a convenience: each page works without it.
(() => {
  "use strict";
  const root = document.documentElement;
  const find = (selector, within = document) => within.querySelector(selector);

  // Appearance: auto → light → dark, kept in this browser.
  const THEMES = ["auto", "light", "dark"];
  const showTheme = (button) => {
    const theme = root.dataset.theme || "auto";
    button.setAttribute("aria-label", button.dataset[theme]);
    button.title = button.dataset[theme];
    button.dataset.now = theme;
    button.hidden = false;
  };
  const nextTheme = (button) => {
    const theme = THEMES[(THEMES.indexOf(root.dataset.theme || "auto") + 1) % THEMES.length];
    if (theme === "auto") delete root.dataset.theme; else root.dataset.theme = theme;
    try { localStorage.setItem("heitu-theme", theme); } catch { /* shown, only not kept */ }
    showTheme(button);
  };

  // Dialogs: an opener is a link to the dialog's id, which also works by :target without this file.
  const openDialog = (dialog) => { if (dialog && !dialog.open) dialog.showModal(); };
  const closeMenus = (except) => {
    for (const menu of document.querySelectorAll("details[data-menu][open]")) if (menu !== except) menu.open = false;
  };

  document.addEventListener("click", (event) => {
    const on = (selector) => event.target.closest(selector);
    closeMenus(on("details[data-menu]"));
    const opener = on("a[data-dialog]");
    if (opener) { event.preventDefault(); openDialog(find(opener.getAttribute("href"))); }
    const closer = on("[data-close]");
    if (closer) { event.preventDefault(); closer.closest("dialog")?.close(); }
    if (event.target instanceof HTMLDialogElement) event.target.close();
    if (on("[data-keys]")) openDialog(find("#keys"));
    const theme = on("[data-theme-switch]");
    if (theme) nextTheme(theme);
    const copier = on("[data-copy]");
    if (copier) copy(copier);
  });

  // A second click while the first is on its way sends nothing. Coming back to the page makes the form new again.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) event.preventDefault(); else form.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });

  const copy = async (button) => {
    await navigator.clipboard.writeText(find(button.dataset.copy).textContent.trim());
    toast(button.dataset.done);
  };

  const toast = (words, tone = "") => {
    const line = document.createElement("p");
    line.className = `toast ${tone}`;
    line.textContent = words;
    find("#toasts").append(line);
    setTimeout(() => line.remove(), 6000);
  };

  // Keys: / to search, ? for help, g and a letter to go somewhere. Never while typing.
  let going = 0;
  const isTyping = (target) => target.matches("input, textarea, select, [contenteditable]");
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return closeOnEscape(event);
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return undefined;
    if (event.key === "/") return search(event);
    if (event.key === "?") return openDialog(find("#keys"));
    if (event.key === "g") { going = Date.now(); return undefined; }
    if (Date.now() - going < 1200) find(`[data-go="${CSS.escape(event.key)}"]`)?.click();
    going = 0;
    return undefined;
  });
  const search = (event) => {
    const box = find("main [data-search]") || find("[data-search]");
    if (box) { event.preventDefault(); box.focus(); box.select(); }
  };
  const closeOnEscape = (event) => {
    const menu = event.target.closest("details[data-menu][open]");
    closeMenus(null);
    if (menu) find("summary", menu).focus();
  };

  // Files dropped on the frame land in its input; the names are read out.
  document.addEventListener("change", (event) => {
    const drop = event.target.closest(".file-drop");
    if (drop) find("output", drop).textContent = [...event.target.files].map((file) => file.name).join(", ");
  });
  for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
    document.addEventListener(kind, (event) => {
      const drop = event.target.closest?.(".file-drop");
      if (drop) drop.classList.toggle("over", kind === "dragenter" || kind === "dragover");
    });
  }

  // Filters send themselves when a choice changes.
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-auto]");
    if (form && event.target.matches("select, [type=checkbox], [type=radio]")) form.requestSubmit();
  });

  // htmx: Django's protection against forged requests, and a word when the server says no.
  document.addEventListener("htmx:configRequest", (event) => {
    const token = find("input[name=csrfmiddlewaretoken]");
    if (token) event.detail.headers["X-CSRFToken"] = token.value;
  });
  document.addEventListener("htmx:responseError", (event) => {
    const page = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
    toast(find("[data-why]", page)?.textContent.trim() || `HTTP ${event.detail.xhr.status}`, "clay");
  });

  const start = () => {
    for (const button of document.querySelectorAll("[data-theme-switch]")) showTheme(button);
    for (const button of document.querySelectorAll("[data-keys]")) button.hidden = false;
    find("[data-focus]")?.focus();
    for (const dialog of document.querySelectorAll("dialog[data-open]")) openDialog(dialog);
  };
  start();
})();
