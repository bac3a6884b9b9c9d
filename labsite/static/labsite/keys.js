// Keyboard: "/" searches, and any key named by data-key presses that button (n: New, u: Upload, e: Edit).
(() => {
  "use strict";
  const TYPING = "input, textarea, select, [contenteditable]";

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest(TYPING)) return;
    if (event.key === "/") {
      event.preventDefault();
      document.querySelector("[data-search]")?.focus();
      return;
    }
    const name = CSS.escape(event.key);
    const button =
      document.querySelector(`main [data-key="${name}"]`) ||
      document.querySelector(`[data-key="${name}"]`);
    if (!button) return;
    event.preventDefault();
    button.focus();
    button.click();
  });
})();
