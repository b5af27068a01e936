// A memory: its sizes, how its beliefs moved, and every procedure with its evidence and its sources.

const sought = { query: "" };

function memoryPage(path) {
  const number = DATA.memories[Number(path[0])] ? Number(path[0]) : 0, memory = DATA.memories[number];
  const list = el("ul", { class: "list", "aria-label": "Procedures" }), detail = el("article", { class: "detail" });
  let found = [], show = () => {};
  const open = (id) => {
    const entry = memory.entries.find((one) => one.id === id);
    show(found.indexOf(entry));
    if (entry) fill(detail, entryDetail(number, entry));
    detail.scrollTop = 0;
  };
  const refresh = () => {
    const query = sought.query.trim().toLowerCase();
    const words = (one) => [one.id, one.kind, ...one.goals.map((goal) => goal[0]), ...one.psi, ...one.pi, ...one.phi].join("\n").toLowerCase();
    found = memory.entries.filter((one) => words(one).includes(query));
    show = lazyList(list, found, (one) => el("li", {}, el("a", { href: `#memory/${number}/${encodeURIComponent(one.id)}` },
      el("span", { class: "belief" }, one.belief[0].toFixed(2)),
      el("span", {}, `${one.id} ${one.goals[0][0]}`, el("small", {}, one.pi.join("; "))))));
  };
  refresh();
  const start = path[1] === undefined ? (found[0] || {}).id : decodeURIComponent(path[1]);
  const page = [
    el("h1", {}, `Memory ${memory.name}`),
    DATA.memories.length > 1 ? select("memory", DATA.memories.map((one, n) => [n, one.name]), number, (n) => go(`memory/${n}`)) : null,
    el("p", {}, `${memory.what.method} on ${memory.what.benchmark}, encoder ${memory.what.encoder}; learned from ${memory.trajectories} trajectories`),
    el("p", {}, memory.figures.map(([name, value]) => el("span", { class: "term" }, `${name.replaceAll("_", " ")} ${figure(value)}`))),
    el("div", { class: "figures" }, memory.curve.length > 1 ? learningCurves(memory.curve) : null,
      memory.posteriors.length ? lineChart("Posterior means α/(α+β) of the most executed", memory.posteriors.map((one) => ({ name: `${one.id} ${one.goal}`, points: one.points })),
        { axis: "episodes of practice, then of online evaluation", range: [lowest(memory.posteriors), 1], steps: true }) : null),
    memory.lines.length ? folded("What the method says of itself", () => el("pre", {}, memory.lines.join("\n")), !memory.entries.length) : null,
    memory.entries.length ? el("div", { class: "split" },
      el("div", { class: "side" }, searchBox("search goals, conditions, steps", sought.query, (value) => { sought.query = value; refresh(); }), list), detail) : null,
  ];
  if (start !== undefined) open(start);
  return { page, open: (parts) => open(decodeURIComponent(parts[1])), step: (by) => {
    const at = found.findIndex((one) => one.id === decodeURIComponent(current()[2] ?? start));
    if (found[at + by]) go(`memory/${number}/${encodeURIComponent(found[at + by].id)}`);
  } };
}

// Where the axis of posteriors begins: those of proven procedures lie close together under 1.
function lowest(posteriors) {
  return Math.max(0, Math.min(...posteriors.flatMap((one) => one.points.map((point) => point[1]))) - 0.05);
}

function entryDetail(number, entry) {
  const [successes, failures, out] = entry.evidence, codes = (texts) => texts.map((one) => el("code", { class: "item" }, one));
  const link = (id) => el("a", { href: `#memory/${number}/${encodeURIComponent(id)}` }, id);
  const known = new Set(DATA.memories[number].entries.map((one) => one.id));
  const child = (step) => step.split(/\b/).map((word) => (known.has(word) ? link(word) : word));
  return [
    el("h2", {}, entry.id),
    el("p", {}, `${entry.kind}, merged from ${entry.support} segments or episodes`),
    el("p", { class: "big" }, `α/(α+β) ${figure(entry.belief[0])} [${figure(entry.belief[1])}, ${figure(entry.belief[2])}]`),
    el("p", {}, `${figure(successes)} successes, ${figure(failures)} failures`, out ? `; ${figure(out)} left out because Ψ rules them out` : ""),
    el("h3", {}, "G, goals"), el("ul", {}, entry.goals.map(([goal, n]) => el("li", {}, el("code", {}, goal), ` ×${n}`))),
    el("h3", {}, "Ψ, before"), entry.psi.length ? el("p", {}, codes(entry.psi)) : el("p", {}, "always"),
    el("h3", {}, entry.kind === "meta-procedure" ? "Θ, one after the other" : "π, steps"),
    el("ol", {}, entry.pi.map((step) => el("li", {}, entry.kind === "meta-procedure" ? child(step) : el("code", {}, step)))),
    entry.phi.length ? [el("h3", {}, "Φ, after"), el("p", {}, codes(entry.phi))] : null,
    entry.slots.length ? [el("h3", {}, "Slots"), el("ul", {}, entry.slots.map(([slot, kinds]) => el("li", {}, el("code", {}, slot), ` ${kinds.join(", ")}`)))] : null,
    el("h3", {}, `Learned from ${entry.n_sources} trajectories`),
    folded(`the first ${entry.sources.length}`, () => table(["task", "from", "outcome"], entry.sources, {})),
  ];
}
