// Deliveries and latency of the last two minutes.
import { h, say } from "../dom.js";
import { count, duration } from "../format.js";
import { SECONDS } from "../stats.js";
import uPlot from "../vendor/uPlot.esm.js";

const HEIGHT = 200;

export const charts = {
  id: "charts",
  title: "Deliveries and latency",
  hint: "The last two minutes. Latency runs from publishing until this page has the message.",
  mount(body, app) {
    const received = { label: "received here", ink: "--chart-a", fill: true };
    const posts = { label: "posts to all", ink: "--chart-b" };
    const deliveries = newChart(app, { name: "Deliveries a second", unit: (v) => count(v), series: app.stage ? [received, posts] : [received] });
    const latency = newChart(app, { name: "Latency", unit: (v) => duration(v), series: [{ label: "p50", ink: "--chart-b" }, { label: "p99", ink: "--chart-c" }] });
    body.append(h("div", { class: "charts" }, deliveries.element, latency.element));
    app.stats.each((rows) => {
      const now = Date.now() / 1000;
      const at = rows.map((row, n) => row?.at ?? now - (SECONDS - 1 - n));
      deliveries.draw([at, rows.map((row) => row?.received ?? null), ...(app.stage ? [rows.map((row) => row?.posts ?? null)] : [])]);
      latency.draw([at, rows.map((row) => row?.p50 ?? null), rows.map((row) => row?.p99 ?? null)]);
    });
  },
};

/** A chart whose figures stand beside it as text too, for those who do not see it. */
function newChart(app, { name, unit, series }) {
  const figures = series.map(({ label, ink }) => ({ label, element: h("b", {}, "–"), ink: ink.slice(2) }));
  const canvas = h("div", { class: "chart-canvas", role: "img", "aria-label": `${name}, a line chart of the last two minutes` });
  const element = h("div", { class: "chart" },
    h("h3", {}, name),
    h("p", { class: "chart-figures" }, ...figures.map((f) => h("span", { dataset: { ink: f.ink } }, f.label, " ", f.element))),
    canvas);
  let plot = null;
  let data = [[], ...series.map(() => [])];

  function make() {
    plot?.destroy();
    const style = getComputedStyle(document.documentElement);
    const colour = (variable) => style.getPropertyValue(variable).trim();
    const axis = { stroke: colour("--muted"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false }, font: "12px system-ui, sans-serif" };
    plot = new uPlot({
      width: canvas.clientWidth || 320, height: HEIGHT,
      legend: { show: false }, cursor: { show: false },
      scales: { y: { range: (_, __, max) => [0, Math.max(1, max * 1.15)] } },
      axes: [{ ...axis, space: 70, values: (_, ticks) => ticks.map((t) => new Date(t * 1000).toLocaleTimeString([], { hour12: false })) },
        { ...axis, size: 62, space: 36, values: (_, ticks) => ticks.map(unit) }],
      series: [{}, ...series.map(({ label, ink, fill }) => ({ label, stroke: colour(ink), width: 2, fill: fill ? colour(`${ink}-fill`) : undefined, points: { show: false }, spanGaps: true }))],
    }, data, canvas);
  }

  new ResizeObserver(() => {
    if (!plot) make();
    else if (canvas.clientWidth && plot.width !== canvas.clientWidth) plot.setSize({ width: canvas.clientWidth, height: HEIGHT });
  }).observe(canvas);
  app.onTheme(() => plot && make());

  return {
    element,
    draw(rows) {
      data = rows;
      plot?.setData(data);
      figures.forEach((figure, n) => {
        const value = rows[n + 1].at(-1);
        say(figure.element, value === null ? "–" : unit(value));
      });
    },
  };
}
