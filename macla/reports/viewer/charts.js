// Small charts in SVG. Colours are classes of the style sheet (s0 … s7), so that dark and light pages both read well.

const WIDTH = 460, HEIGHT = 210, LEFT = 44, BOTTOM = 30, TOP = 10, RIGHT = 10, COLOURS = 8;

function svg(tag, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children.map((child) => (child instanceof Node ? child : document.createTextNode(String(child)))));
  return made;
}

// Four or five round numbers between two.
function ticks(low, high) {
  const rough = (high - low) / 4 || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough);
  const found = [];
  for (let at = Math.ceil(low / step) * step; at <= high + step / 1e6; at += step) found.push(Number(at.toPrecision(12)));
  return found;
}

// series: [{name, points: [[x, y]]}]; a belief holds until it changes, so posteriors are steps.
function lineChart(title, series, options) {
  const xs = series.flatMap((one) => one.points.map((point) => point[0]));
  const ys = series.flatMap((one) => one.points.map((point) => point[1]));
  const [x0, x1] = [Math.min(...xs), Math.max(...xs)];
  const [y0, y1] = options.range || [Math.min(0, ...ys), Math.max(...ys) * 1.05 || 1];
  const x = (value) => LEFT + ((value - x0) / (x1 - x0 || 1)) * (WIDTH - LEFT - RIGHT);
  const y = (value) => HEIGHT - BOTTOM - ((value - y0) / (y1 - y0 || 1)) * (HEIGHT - BOTTOM - TOP);
  const parts = [];
  for (const at of ticks(y0, y1)) {
    parts.push(svg("line", { class: "grid", x1: LEFT, x2: WIDTH - RIGHT, y1: y(at), y2: y(at) }));
    parts.push(svg("text", { x: LEFT - 6, y: y(at) + 4, "text-anchor": "end" }, at));
  }
  for (const at of ticks(x0, x1)) parts.push(svg("text", { x: x(at), y: HEIGHT - BOTTOM + 16, "text-anchor": "middle" }, at));
  series.forEach((one, number) => parts.push(svg("path", { class: `line s${number % COLOURS}`, d: path(one.points, x, y, x1, options.steps) })));
  const legend = series.map((one, number) => el("li", {}, el("span", { class: `key b${number % COLOURS}` }), one.name));
  return el("figure", {}, el("figcaption", {}, title),
    svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": title }, ...parts),
    el("p", { class: "axis" }, options.axis), series.length > 1 ? el("ul", { class: "legend" }, legend) : null);
}

function path(points, x, y, last, steps) {
  let drawn = "";
  points.forEach(([at, value], number) => {
    drawn += number === 0 ? `M${x(at)} ${y(value)}` : steps ? `H${x(at)}V${y(value)}` : `L${x(at)} ${y(value)}`;
  });
  return steps ? `${drawn}H${x(last)}` : drawn;
}

// rows: [name, [[value, low, high, words] a series]]: a dot and its 95 % interval, from 0 to 100 %.
function intervalChart(title, names, rows) {
  const row = 14 * names.length + 10, wide = 300, at = (value) => 6 + value * (wide - 12);
  return el("figure", { class: "wide" }, el("figcaption", {}, title),
    table(["", "0 – 100 %", "solved [95 % interval]"], rows.map(([name, found]) => [name,
      svg("svg", { viewBox: `0 0 ${wide} ${row}`, class: "bars", role: "img", "aria-label": name },
        ...[0, 0.25, 0.5, 0.75, 1].map((value) => svg("line", { class: "grid", x1: at(value), x2: at(value), y1: 0, y2: row })),
        ...found.flatMap((one, number) => (one === null ? [] : [
          svg("line", { class: `line s${number % COLOURS}`, x1: at(one[1]), x2: at(one[2]), y1: 12 + 14 * number, y2: 12 + 14 * number }),
          svg("circle", { class: `dot s${number % COLOURS}`, cx: at(one[0]), cy: 12 + 14 * number, r: 4 })]))),
      found.map((one) => el("div", {}, one === null ? "–" : one[3]))])),
    names.length > 1 ? el("ul", { class: "legend" }, names.map((name, number) => el("li", {}, el("span", { class: `key b${number % COLOURS}` }), name))) : null);
}

const CURVES = [
  ["Success", ["success_rate"], [0, 1]], ["Fallback to the model", ["fallback_rate"], [0, 1]],
  ["Size of the memory", ["n_procedures", "n_metas"], null], ["Mean of the posteriors", ["posterior_mean"], [0, 1]],
];

// The learning curve of practice or of an online evaluation: whatever of these figures its points have.
function learningCurves(points) {
  return CURVES.flatMap(([title, names, range]) => {
    const there = names.filter((name) => points.some((point) => typeof point[name] === "number"));
    const series = there.map((name) => ({ name, points: points.map((point) => [point.episodes, point[name]]) }));
    return series.length ? [lineChart(title, series, { axis: "episodes", range })] : [];
  });
}
