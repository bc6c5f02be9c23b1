// Marking by keyboard: digits tick the rubric, Enter saves, j and k go on and back. The form works without any of it.
(() => {
  "use strict";
  const form = document.querySelector("[data-marking]");
  if (!form) return;
  const questions = [...form.querySelectorAll("[data-question]")];
  const current = () => questions.find((each) => each.contains(document.activeElement)) || questions[0];

  // As marks.by_rubric: from full marks down where all that is ticked takes away, else from 0 up.
  const total = (question) => {
    const ticked = [...question.querySelectorAll("[data-item]:checked")].map((box) => Number(box.dataset.item));
    const field = question.querySelector("[data-points]");
    const most = Number(field.dataset.points);
    if (ticked.length === 0) { field.value = ""; return; }
    const start = ticked.every((points) => points < 0) ? most : 0;
    const sum = ticked.reduce((before, points) => before + points, start);
    field.value = String(Math.round(Math.min(Math.max(sum, 0), most) * 100) / 100);
  };
  form.addEventListener("change", (event) => {
    if (event.target.matches("[data-item]")) total(event.target.closest("[data-question]"));
  });

  const isTyping = (target) => target.matches("textarea, select, input:not([type=checkbox])");
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || event.target.closest("dialog")) return;
    if (event.key === "j" || event.key === "k") form.querySelector(`[rel=${event.key === "j" ? "next" : "prev"}]`)?.click();
    if (event.key === "Enter" && !event.target.matches("a, button, summary")) { event.preventDefault(); form.requestSubmit(); }
    const box = /^[1-9]$/.test(event.key) && current()?.querySelectorAll("[data-item]")[Number(event.key) - 1];
    if (box) { box.focus(); box.click(); }
  });
})();
