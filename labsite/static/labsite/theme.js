// Light or dark: the system's wish, or the choice kept in this browser. Runs before the first paint.
(() => {
  "use strict";
  const KEY = "labsite-theme";
  const system = window.matchMedia("(prefers-color-scheme: dark)");

  const chosen = () => localStorage.getItem(KEY) || "system";

  function apply() {
    const choice = chosen();
    const dark = choice === "dark" || (choice === "system" && system.matches);
    document.documentElement.dataset.bsTheme = dark ? "dark" : "light";
    document.querySelectorAll("[data-theme-choice]").forEach((button) => {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === choice));
    });
    document.dispatchEvent(new CustomEvent("labsite:theme"));
  }

  apply();
  system.addEventListener("change", apply);
  document.addEventListener("DOMContentLoaded", apply);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-choice]");
    if (!button) return;
    localStorage.setItem(KEY, button.dataset.themeChoice);
    apply();
  });
})();
