// Small help for forms and lists: one save a press, short addresses, a notice when a fragment fails, printing.
(() => {
  "use strict";

  // One press of "Save" sends once.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });

  // Coming back with the browser's button shows the page as it was left: let it be used again.
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form").forEach((form) => delete form.dataset.sent);
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });

  // "× 2" rewrites the number in a field and keeps the unit that was typed behind it.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-scale]");
    const field = button && document.getElementById(button.dataset.field);
    if (!field) return;
    field.value = field.value.replace(/^\s*[\d.,]+/, (typed) =>
      String(Number((Number(typed.replace(",", ".")) * button.dataset.scale).toPrecision(10))));
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });

  // A proposal is put into the field it is for.
  function put(button) {
    const field = document.querySelector(`[name="${CSS.escape(button.dataset.put)}"]`);
    const { value, text } = button.dataset;
    if (field.tomselect) {
      field.tomselect.addOption({ value, text });
      field.tomselect.setValue(value);
      return;
    }
    const known = field.tagName !== "SELECT" || [...field.options].some((one) => one.value === value);
    if (!known) field.add(new Option(text, value));
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-put]");
    if (button) put(button);
  });

  // Empty filters stay out of the address.
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.verb !== "get") return;
    const sent = event.detail.parameters;
    for (const name of Object.keys(sent)) if (sent[name] === "") delete sent[name];
  });

  function notice() {
    const place = document.getElementById("notices");
    const box = document.createElement("div");
    box.className = "alert alert-danger";
    box.textContent = place.dataset.failed;
    place.replaceChildren(box);
    setTimeout(() => box.remove(), 8000);
  }
  document.addEventListener("htmx:responseError", notice);
  document.addEventListener("htmx:sendError", notice);

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelector("[data-error-summary]")?.focus();
  });
})();
