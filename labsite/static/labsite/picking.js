// Selects that do not list all records search them on the server while one types.
(() => {
  "use strict";

  function searchable(select) {
    new TomSelect(select, {
      maxItems: 1,
      maxOptions: null,
      valueField: "value",
      labelField: "text",
      searchField: [],
      allowEmptyOption: true,
      loadThrottle: 250,
      shouldLoad: (text) => text.trim().length > 0,
      load(text, done) {
        fetch(`${select.dataset.pick}?q=${encodeURIComponent(text)}`, { headers: { Accept: "application/json" } })
          .then((answer) => (answer.ok ? answer.json() : { found: [] }))
          .then((answer) => { this.clearOptions((option) => option.value === this.getValue()); done(answer.found); })
          .catch(() => done());
      },
      score: () => () => 1,
      render: {
        no_results: () => `<div class="no-results">${select.dataset.none}</div>`,
        loading: () => '<div class="no-results">…</div>',
      },
      onChange: () => select.dispatchEvent(new Event("input", { bubbles: true })),
    });
  }

  function prepare(part) {
    part.querySelectorAll("select[data-pick]:not(.tomselected)").forEach(searchable);
  }
  document.addEventListener("DOMContentLoaded", () => prepare(document));
  document.addEventListener("htmx:load", (event) => prepare(event.target));
})();
