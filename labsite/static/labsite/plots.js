// Plots: <div data-plot-url="/figure.json"> is filled with the figure {data, layout} found there; "#id": in the page.
// Other attributes: data-plot-name (name of saved files), data-csv-url (a table instead of the drawn points),
// data-plot-refetch (zooming along x asks again with ?from=&to= for more detail).
(() => {
  "use strict";
  // Eight colours a theme, each at least 3:1 on its background and apart (CIE76 > 23) for all kinds of colour sight.
  const PALETTE = {
    light: ["#064ca7", "#b77d26", "#65926c", "#e259ac", "#734c18", "#1e98fc", "#23003a", "#2a3440"],
    dark: ["#5583bc", "#e47f28", "#24ee7e", "#bf7990", "#8c814c", "#97cafd", "#906dfa", "#d9dee4"],
  };
  const INK = {
    light: { text: "#1f2937", grid: "#e5e7eb", line: "#9ca3af", card: "#ffffff" },
    dark: { text: "#dce1e7", grid: "#3a3f45", line: "#737b85", card: "#24272b" },
  };
  const EXPORT = { width: 900, height: 600 };
  let library;

  const theme = () => (document.documentElement.dataset.bsTheme === "dark" ? "dark" : "light");

  function loadPlotly() {
    library ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = document.body.dataset.plotlySrc;
      script.onload = () => resolve(window.Plotly);
      script.onerror = () => reject(new Error("The drawing library could not be loaded."));
      document.head.append(script);
    });
    return library;
  }

  // The look of every figure; what the figure's own layout says wins over it.
  function template(name) {
    const ink = INK[name];
    const axis = {
      gridcolor: ink.grid, linecolor: ink.line, tickcolor: ink.line, zeroline: false,
      showline: true, ticks: "outside", ticklen: 4, automargin: true, tickmode: "auto",
      title: { standoff: 10, font: { size: 13 } },
    };
    return {
      layout: {
        colorway: PALETTE[name], font: { family: "system-ui, sans-serif", size: 13, color: ink.text },
        paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
        xaxis: axis, yaxis: axis, margin: { l: 56, r: 16, t: 16, b: 48 },
        legend: { orientation: "h", y: 1.02, yanchor: "bottom", x: 0, font: { size: 12, color: ink.text } },
        hoverlabel: { bgcolor: ink.card, bordercolor: ink.line, font: { color: ink.text } },
        hovermode: "closest", dragmode: "zoom",
      },
    };
  }

  async function fetchFigure(url) {
    if (String(url).startsWith("#")) return JSON.parse(document.querySelector(url).textContent);
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`The figure could not be read (${answer.status}).`);
    return answer.json();
  }

  function draw(box) {
    const { data, layout } = box.figure;
    const look = { ...layout, autosize: true, template: template(theme()) };
    return window.Plotly.react(box.stage, data, look, {
      responsive: true, displayModeBar: false, displaylogo: false, doubleClick: "reset",
    });
  }

  function say(box, sentence) {
    const note = document.createElement("p");
    note.className = "plot-message text-secondary";
    note.textContent = sentence;
    box.replaceChildren(note);
  }

  async function start(box) {
    box.dataset.plotState = "loading";
    box.setAttribute("aria-busy", "true");
    try {
      const [figure] = await Promise.all([fetchFigure(box.dataset.plotUrl), loadPlotly()]);
      box.figure = figure;
      if (!figure.data.length) return say(box, box.dataset.plotEmpty || "Nothing to draw.");
      box.stage = document.createElement("div");
      box.stage.className = "plot-stage";
      box.replaceChildren(box.stage, buttons(box));
      await draw(box);
      if ("plotRefetch" in box.dataset) box.stage.on("plotly_relayout", (change) => zoomed(box, change));
      box.dataset.plotState = "drawn";
    } catch (error) {
      box.dataset.plotState = "failed";
      say(box, error.message);
    } finally {
      box.removeAttribute("aria-busy");
    }
  }

  // Ask for more points in the shown range; the reset (double click) asks for all again.
  async function zoomed(box, change) {
    const url = new URL(box.dataset.plotUrl, window.location);
    if (change["xaxis.range[0]"] !== undefined) {
      url.searchParams.set("from", change["xaxis.range[0]"]);
      url.searchParams.set("to", change["xaxis.range[1]"]);
    } else if (!change["xaxis.autorange"]) {
      return;
    }
    const figure = await fetchFigure(url);
    box.figure = { data: figure.data, layout: box.stage.layout };
    await draw(box);
  }

  function buttons(box) {
    const bar = document.createElement("div");
    bar.className = "plot-buttons";
    const add = (label, title, act) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-sm btn-ghost-secondary";
      button.textContent = label;
      button.title = title;
      button.addEventListener("click", act);
      bar.append(button);
    };
    add("SVG", "Save as a drawing", () => saveImage(box, "svg"));
    add("PNG", "Save as a picture", () => saveImage(box, "png"));
    add("CSV", "Save the numbers", () => saveTable(box));
    return bar;
  }

  const fileName = (box) => box.dataset.plotName || "figure";

  function download(href, name) {
    const link = document.createElement("a");
    link.href = href;
    link.download = name;
    link.click();
  }

  // Saved pictures are always light, for paper.
  async function saveImage(box, format) {
    const layout = { ...box.figure.layout, ...EXPORT, autosize: false, template: template("light") };
    layout.paper_bgcolor = layout.plot_bgcolor = "#ffffff";
    const href = await window.Plotly.toImage(
      { data: box.figure.data, layout }, { format, ...EXPORT, scale: format === "png" ? 2 : 1 },
    );
    download(href, `${fileName(box)}.${format}`);
  }

  const cell = (value) => (/[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);

  // One row a point; the last column says what the value is, for figures with two vertical axes.
  function table(box) {
    const { data, layout } = box.figure;
    const title = (axis) => layout[axis]?.title?.text || axis[0];
    const rows = [["trace", title("xaxis"), "value", "quantity"]];
    for (const trace of data) {
      const quantity = title((trace.yaxis || "y").replace("y", "yaxis"));
      (trace.x || []).forEach((x, i) => rows.push([trace.name || "", x, trace.y[i] ?? "", quantity]));
    }
    return rows.map((row) => row.map((value) => cell(String(value))).join(",")).join("\r\n");
  }

  function saveTable(box) {
    if (box.dataset.csvUrl) return download(box.dataset.csvUrl, "");
    const href = URL.createObjectURL(new Blob([table(box)], { type: "text/csv" }));
    download(href, `${fileName(box)}.csv`);
    URL.revokeObjectURL(href);
  }

  // Draw what comes near the window; figures in closed tabs wait until they are shown.
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries.filter((one) => one.isIntersecting)) {
      seen.unobserve(entry.target);
      start(entry.target);
    }
  }, { rootMargin: "200px" });

  const find = (root) =>
    root.querySelectorAll("[data-plot-url]:not([data-plot-state])").forEach((box) => {
      box.dataset.plotState = "waiting";
      seen.observe(box);
    });

  document.addEventListener("DOMContentLoaded", () => find(document));
  document.addEventListener("htmx:load", (event) => find(event.target.parentNode || document));
  document.addEventListener("labsite:theme", () => {
    document.querySelectorAll('[data-plot-state="drawn"]').forEach(draw);
  });
})();
