// Uploads: files dropped anywhere on a page with <form data-upload>, or chosen there, are sent one by one;
// each gets a line with its progress, which the server's answer (a line that asks for news) replaces.
(() => {
  "use strict";

  const form = () => document.querySelector("form[data-upload]");
  const queue = [];
  let sending = false;

  function size(bytes) {
    const units = ["bytes", "KB", "MB", "GB"];
    let power = 0;
    for (; bytes >= 1024 && power < 3; power += 1) bytes /= 1024;
    return `${bytes.toFixed(power && bytes < 100 ? 1 : 0)} ${units[power]}`;
  }

  function element(tag, look, text = "") {
    const made = document.createElement(tag);
    made.className = look;
    made.textContent = text;
    return made;
  }

  function line(file) {
    const row = element("li", "upload-row");
    const name = element("div", "upload-name", `${file.name} `);
    name.append(element("span", "unit", size(file.size)));
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    const state = element("div", "upload-state");
    row.append(name, bar, state);
    return row;
  }

  function take(target, files) {
    const subject = target.elements.subject;
    if (subject.type !== "hidden" && !subject.reportValidity()) return;
    const rows = target.querySelector("[data-upload-rows]");
    for (const file of files) {
      const row = line(file);
      rows.append(row);
      const data = new FormData(target);
      data.set("file", file, file.name);
      queue.push({ target, data, row });
    }
    target.elements.file.value = "";
    next();
  }

  function next() {
    if (sending || !queue.length) return;
    sending = true;
    const { target, data, row } = queue.shift();
    const request = new XMLHttpRequest();
    request.open("POST", target.action);
    request.setRequestHeader("HX-Request", "true");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) row.querySelector("progress").value = event.loaded / event.total;
    });
    request.addEventListener("load", () => answered(target, row, request));
    request.addEventListener("error", () => complain(row, target.dataset.broken));
    request.addEventListener("loadend", () => {
      sending = false;
      next();
    });
    request.send(data);
  }

  function answered(target, row, request) {
    const parts = document.createElement("template");
    parts.innerHTML = request.responseText.trim();
    const lines = parts.content.querySelectorAll(".upload-row");
    if (!lines.length) return complain(row, `${target.dataset.refused} (${request.status})`);
    row.replaceWith(...lines);
    lines.forEach((one) => window.htmx.process(one));
  }

  function complain(row, sentence) {
    row.querySelector("progress")?.remove();
    row.querySelector(".upload-state").replaceChildren(
      element("span", "state state-failed", sentence),
    );
  }

  document.addEventListener("change", (event) => {
    const target = event.target.closest("form[data-upload]");
    if (target && event.target.type === "file" && event.target.files.length) {
      take(target, [...event.target.files]);
    }
  });

  const holdsFiles = (event) => form() && event.dataTransfer?.types.includes("Files");

  document.addEventListener("dragover", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    document.body.classList.add("dropping");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) document.body.classList.remove("dropping");
  });
  document.addEventListener("drop", (event) => {
    document.body.classList.remove("dropping");
    if (!holdsFiles(event)) return;
    event.preventDefault();
    take(form(), [...event.dataTransfer.files]);
  });

  // With this script a choice is sent at once: the button is for browsers without it.
  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-upload-plain]").forEach((button) => (button.hidden = true));
  });
})();
