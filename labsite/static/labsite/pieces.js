// Forms of pieces: only the fields that a shape has, and Enter that goes down a column of masses.
(() => {
  "use strict";

  // A choice with data-shows ({value: [fields]}) shows the fields of what is chosen. What is typed into the
  // others is kept on the page, but not sent.
  function show(choice) {
    const shows = JSON.parse(choice.dataset.shows);
    const own = new Set(shows[choice.value] ?? []);
    for (const name of new Set(Object.values(shows).flat())) {
      const place = choice.form.elements[name]?.closest(".field");
      if (!place) continue;
      place.hidden = !own.has(name);
      place.querySelectorAll("input, select").forEach((one) => { one.disabled = !own.has(name); });
    }
  }

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-shows]")) show(event.target);
  });
  function showAll() {
    document.querySelectorAll("select[data-shows]").forEach(show);
  }
  document.addEventListener("DOMContentLoaded", showAll);
  window.addEventListener("pageshow", showAll);

  // Enter in a table of masses goes to the next one, from the last to the button that saves.
  document.addEventListener("keydown", (event) => {
    const form = event.target.closest("form[data-down]");
    if (!form || event.key !== "Enter" || event.target.tagName !== "INPUT" || event.isComposing) return;
    event.preventDefault();
    const fields = [...form.querySelectorAll("tbody input:not([type=hidden])")];
    const next = fields[fields.indexOf(event.target) + (event.shiftKey ? -1 : 1)];
    (next ?? form.querySelector("button[type=submit]")).focus();
    next?.select();
  });
})();
