// The first page: what was measured, by run and by type, and every two runs of the same tasks.

function runName(number) {
  const { what } = DATA.runs[number];
  return DATA.runs.length > 1 ? `${number + 1}: ${what.method}, ${what.split}, seed ${what.seed}` : what.method;
}

function summaryPage() {
  const types = [...new Set(DATA.runs.flatMap((run) => run.by_type.map(([name]) => name)))];
  const names = DATA.runs.map((_, number) => runName(number));
  const rate = ([won, n, low, high]) => [won / n, low, high, `${won}/${n} = ${within(won / n, low, high)}`];
  const whole = DATA.runs.map((run) => (run.tasks[1] ? rate([run.tasks[0], run.tasks[1], ...run.interval]) : null));
  const byType = types.map((name) => [name, DATA.runs.map((run) => {
    const found = run.by_type.find((group) => group[0] === name);
    return found ? rate(found.slice(1)) : null;
  })]);
  return [
    el("h1", {}, "Summary"),
    DATA.runs.map(runCard),
    intervalChart("Success", names, [["all tasks", whole], ...(types.length > 1 ? byType : [])]),
    DATA.pairs.length ? [el("h2", {}, "The same tasks"), pairsTable()] : null,
    DATA.runs.map((run, number) => (run.curve.length > 1
      ? [el("h2", {}, `Learning online, ${runName(number)}`), el("div", { class: "figures" }, learningCurves(run.curve))] : null)),
    el("h2", {}, "Use of memory"), measuresTable(names),
  ];
}

function runCard(run, number) {
  const [won, scored, tasks] = run.tasks;
  const { what } = run;
  return el("section", { class: "card" },
    el("h2", {}, el("span", { class: `key b${number % COLOURS}` }), runName(number)),
    el("p", {}, `${what.env} ${what.split}, memory ${what.method} (${what.memory_mode}), model ${what.model}, seed ${what.seed}`),
    el("p", { class: "big" }, scored ? `${won}/${scored} solved: ${within(won / scored, ...run.interval)}` : "nothing is scored"),
    el("p", {}, `score ${percent(run.score[0])} [${percent(run.score[1])}, ${percent(run.score[2])}], ${figure(run.steps)} actions an episode`,
      tasks > scored ? `; ${tasks - scored} of ${tasks} tasks are not scored` : ""),
    Object.keys(run.within).length ? el("p", {}, "solved within ", Object.entries(run.within)
      .map(([limit, share]) => `${limit} actions ${percent(share)} %`).join(", ")) : null,
    run.caveats.map((caveat) => el("p", { class: "caveat" }, `To know: ${caveat}`)),
    run.note ? el("p", { class: "caveat" }, run.note) : null,
    el("p", { class: "faint" }, run.name, " · ", el("a", { href: `#episodes/${number}` }, `${run.episodes.length} episodes`),
      run.memory === null ? null : [" · ", el("a", { href: `#memory/${run.memory}` }, "its memory")]));
}

function pairsTable() {
  const rows = DATA.pairs.map((pair, number) => {
    const [low, high] = pair.interval.map((bound) => (100 * bound).toFixed(1));
    const link = el("a", { href: `#compare/${number}` }, `${runName(pair.first)} − ${runName(pair.second)}`);
    return [link, ...pair.counts, `${(100 * pair.difference).toFixed(1)} [${low}, ${high}]`, pair.p < 0.001 ? "< 0.001" : figure(pair.p)];
  });
  return table(["runs", "both", "only first", "only second", "neither", "difference, points", "exact McNemar p"], rows, {});
}

function measuresTable(names) {
  const all = [...new Set(DATA.runs.flatMap((run) => run.measures.map(([name]) => name)))];
  const cell = (found) => (!found ? "–" : figure(found[1]) + (found[2] === null ? "" : ` [${figure(found[2])}, ${figure(found[3])}]`));
  return table(["measure", ...names], all.map((name) => [name.replaceAll("_", " "),
    ...DATA.runs.map((run) => cell(run.measures.find((found) => found[0] === name)))]), {});
}
