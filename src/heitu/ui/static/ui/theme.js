// Sets the kept appearance before the first paint, so that no page flashes in the wrong one.
(() => {
  try {
    const kept = localStorage.getItem("heitu-theme");
    if (kept === "light" || kept === "dark") document.documentElement.dataset.theme = kept;
  } catch { /* storage may be forbidden; then the system's appearance is shown */ }
})();
