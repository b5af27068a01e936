// Episodes: a list with search and filters, and one of them step by step.

// Where things stand in an episode, a decision and an exchange (macla/reports/viewer/data.py writes them in this order).
const [TASK, TYPE, OUTCOME, WON, SCORE, N_STEPS, REJECTED, CALLS, TEXTS, STEPS, DECISIONS, ASKED, USELESS] = Array(13).keys();
const [D_STEP, D_KIND, D_CHOSEN, D_STEPS, D_GOOD, D_WHY, D_CONTEXT, D_TERMS, D_CANDIDATES, D_RAN, D_OTHER] = Array(11).keys();
const BEFORE = -1; // the step of what is asked before the first decision
const filters = { run: 0, query: "", outcome: "", type: "" };
let lower = null;

// Return which texts hold a query: each is looked at once, however many episodes it stands in.
function textsWith(query) {
  lower = lower || DATA.texts.map((one) => one.toLowerCase());
  return new Set(lower.flatMap((one, number) => (one.includes(query) ? [number] : [])));
}

function chosenEpisodes() {
  const run = DATA.runs[filters.run], query = filters.query.trim().toLowerCase();
  const having = query ? textsWith(query) : null;
  const holds = (one) => one[TASK].toLowerCase().includes(query) || one[TEXTS].some((n) => having.has(n))
    || one[STEPS].some((step) => having.has(step[0]) || having.has(step[1]))
    || one[ASKED].some((asked) => having.has(asked[3]) || asked[2].some((line) => having.has(line)))
    || one[DECISIONS].some((made) => having.has(made[D_CONTEXT]) || made[D_CHOSEN].toLowerCase() === query);
  return [...run.episodes.keys()].filter((number) => {
    const one = run.episodes[number];
    return (!filters.outcome || one[OUTCOME] === filters.outcome) && (!filters.type || run.types[one[TYPE]] === filters.type)
      && (!query || holds(one));
  });
}

function mark(episode) {
  const [sign, word] = episode[WON] ? ["✓", "won"] : episode[OUTCOME] === "infrastructure_error" ? ["!", "error"] : ["✗", "lost"];
  return el("span", { class: `mark ${word}`, title: episode[OUTCOME] }, sign);
}

function episodesPage(path) {
  filters.run = Number(path[0]) < DATA.runs.length ? Number(path[0] || 0) : 0;
  const run = DATA.runs[filters.run], list = el("ul", { class: "list", "aria-label": "Episodes" });
  const detail = el("article", { class: "detail", "aria-live": "polite" }), count = el("p", { class: "faint" });
  let found = [], show = () => {};
  const open = (number) => {
    show(found.indexOf(number));
    fill(detail, episodeDetail(run, run.episodes[number]));
    detail.scrollTop = 0;
  };
  const refresh = () => {
    found = chosenEpisodes();
    fill(count, `${found.length} of ${run.episodes.length} episodes, ${found.filter((n) => run.episodes[n][WON]).length} solved`);
    show = lazyList(list, found, (number) => el("li", {}, el("a", { href: `#episodes/${filters.run}/${number}` },
      mark(run.episodes[number]), el("span", {}, text(run.episodes[number][TEXTS][0]) || run.episodes[number][TASK],
        el("small", {}, `${run.types[run.episodes[number][TYPE]]}, ${run.episodes[number][N_STEPS]} actions`)))));
  };
  const filter = (name) => (value) => { filters[name] = value; refresh(); };
  const outcomes = [...new Set(run.episodes.map((one) => one[OUTCOME]))].sort();
  if (!run.types.includes(filters.type)) filters.type = "";
  if (!outcomes.includes(filters.outcome)) filters.outcome = "";
  refresh();
  const start = path[1] !== undefined && run.episodes[Number(path[1])] ? Number(path[1]) : found[0];
  const page = el("div", { class: "split" },
    el("div", { class: "side" },
      DATA.runs.length > 1 ? select("run", DATA.runs.map((_, n) => [n, runName(n)]), filters.run, (n) => go(`episodes/${n}`)) : null,
      searchBox("search tasks, actions, observations, prompts", filters.query, filter("query")),
      el("div", { class: "row" },
        select("outcome", [["", "all"], ...outcomes.map((one) => [one, one.replaceAll("_", " ")])], filters.outcome, filter("outcome")),
        select("type", [["", "all"], ...run.types.map((one) => [one, one])], filters.type, filter("type"))),
      count, list),
    detail);
  if (start !== undefined) open(start);
  return { page, open: (parts) => open(Number(parts[1])), step: (by) => {
    const next = found[found.indexOf(Number(current()[2] ?? start)) + by];
    if (next !== undefined) go(`episodes/${filters.run}/${next}`);
  } };
}

function episodeDetail(run, episode) {
  const [instruction, goal, opening, error] = episode[TEXTS].map(text);
  const body = [el("pre", { class: "seen" }, opening), ...exchangesAt(episode, BEFORE)];
  let next = 0;
  const until = (step) => { while (next < Math.min(step, episode[STEPS].length)) body.push(...stepView(episode, next++)); };
  for (const made of episode[DECISIONS]) {
    until(made[D_STEP]);
    body.push(decisionView(made));
    if (made[D_STEPS] === 0) body.push(...exchangesAt(episode, made[D_STEP]));
    until(made[D_STEP] + made[D_STEPS]);
  }
  until(episode[STEPS].length);
  return [
    el("h2", {}, mark(episode), instruction || episode[TASK]),
    el("p", { class: "faint" }, episode[TASK]),
    el("p", {}, `${episode[OUTCOME].replaceAll("_", " ")}, score ${figure(episode[SCORE])}, ${episode[N_STEPS]} actions, ${episode[REJECTED]} rejected, requests to the model: ${episode[CALLS]}`),
    goal ? el("p", {}, "read as: ", el("code", {}, goal)) : null,
    error ? el("p", { class: "caveat" }, error) : null,
    episode[USELESS].map(([purpose, reason, begun]) => el("p", { class: "caveat" }, `of no use (${text(purpose)}): ${text(reason)}: `, el("code", {}, text(begun)))),
    body,
  ];
}

function decisionView(made) {
  const who = made[D_KIND] === "model" ? "the model" : made[D_KIND] === "rule" ? "a fixed rule" : `${made[D_KIND]} ${made[D_CHOSEN]}`;
  const terms = made[D_TERMS].map((value, number) => el("span", { class: "term" }, `${DATA.terms[number]} ${figure(value)}`));
  const candidates = made[D_CANDIDATES];
  const rows = () => table(["retrieved", "relevance", "risk", "successes", "failures", "posterior", "EU"],
    candidates.map((cells) => cells.map((cell) => (typeof cell === "string" ? cell : figure(cell)))), {});
  return el("section", { class: `decision ${made[D_GOOD] ? "good" : "bad"}` },
    el("p", {}, el("strong", {}, who), made[D_WHY] ? ` (${made[D_WHY]})` : "",
      `, ${made[D_STEPS]} action${made[D_STEPS] === 1 ? "" : "s"}, y = ${made[D_GOOD]}`),
    terms.length ? el("p", {}, terms) : null,
    text(made[D_CONTEXT]) ? el("p", { class: "faint" }, text(made[D_CONTEXT])) : null,
    made[D_RAN].map(([id, good, within, bindings]) => el("p", {}, `ran ${id}${within ? ` in ${within}` : ""}: credited a ${good ? "success" : "failure"} `,
      bindings.map(([slot, name]) => el("span", { class: "term" }, `${slot} = ${name}`)))),
    made[D_OTHER].map(([name, value]) => el("p", {}, `${name}: ${text(value)}`)),
    candidates.length ? folded(`${candidates.length} retrieved and applicable`, rows) : null);
}

function stepView(episode, number) {
  const [action, observation, reward] = episode[STEPS][number];
  return [...exchangesAt(episode, number), el("div", { class: "step" },
    el("code", { class: "action" }, `${number + 1} > ${text(action) || "(no action: a reply was of no use)"}`, reward ? `  reward ${figure(reward)}` : ""),
    el("pre", { class: "seen" }, text(observation)))];
}

function exchangesAt(episode, step) {
  return episode[ASKED].filter((asked) => asked[0] === step).map(([, purpose, prompt, reply, sent, got]) => el("div", { class: "asked" },
    folded(`model asked: ${purpose} (${sent} + ${got} tokens)`, () => el("pre", {}, lines(prompt))),
    el("pre", { class: "reply" }, text(reply))));
}
