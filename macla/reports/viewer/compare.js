// Two runs of the same tasks side by side.

const GROUPS = ["all", "both", "only first", "only second", "neither"];
const compared = { group: "all", query: "" };

function comparePage(path) {
  const number = DATA.pairs[Number(path[0])] ? Number(path[0]) : 0, pair = DATA.pairs[number];
  const [first, second] = [DATA.runs[pair.first], DATA.runs[pair.second]];
  const theirs = new Map(second.episodes.map((episode) => [episode[TASK], episode]));
  const scored = (episode) => episode && episode[OUTCOME] !== "infrastructure_error";
  const both = first.episodes.filter((episode) => scored(episode) && scored(theirs.get(episode[TASK])))
    .map((episode) => [episode, theirs.get(episode[TASK])]);
  const group = ([a, b]) => (a[WON] ? (b[WON] ? "both" : "only first") : b[WON] ? "only second" : "neither");
  const list = el("ul", { class: "list", "aria-label": "Tasks" }), detail = el("article", { class: "detail" });
  let found = [], show = () => {};
  const open = (place) => {
    show(found.indexOf(place));
    const [a, b] = both[place];
    fill(detail, el("div", { class: "pair" },
      el("section", {}, el("p", { class: "faint" }, runName(pair.first)), episodeDetail(first, a)),
      el("section", {}, el("p", { class: "faint" }, runName(pair.second)), episodeDetail(second, b))));
    detail.scrollTop = 0;
  };
  const refresh = () => {
    const query = compared.query.trim().toLowerCase();
    const words = (episode) => `${episode[TASK]} ${text(episode[TEXTS][0])}`.toLowerCase();
    found = [...both.keys()].filter((place) => (compared.group === "all" || group(both[place]) === compared.group)
      && words(both[place][0]).includes(query));
    show = lazyList(list, found, (place) => el("li", {}, el("a", { href: `#compare/${number}/${place}` }, both[place].map(mark),
      el("span", {}, text(both[place][0][TEXTS][0]) || both[place][0][TASK], el("small", {}, group(both[place]))))));
  };
  const count = (name, at) => [name, at === 0 ? `all ${both.length}` : `${name}: ${pair.counts[at - 1]}`];
  const filter = (name) => (value) => { compared[name] = value; refresh(); };
  refresh();
  const start = both[Number(path[1])] ? Number(path[1]) : found[0];
  const page = [
    el("h1", {}, "The same tasks"), pairsTable(),
    el("div", { class: "split" }, el("div", { class: "side" },
      searchBox("search tasks", compared.query, filter("query")),
      select("solved by", GROUPS.map(count), compared.group, filter("group")), list), detail),
  ];
  if (start !== undefined) open(start);
  return { page, open: (parts) => open(Number(parts[1])), step: (by) => {
    const next = found[found.indexOf(Number(current()[2] ?? start)) + by];
    if (next !== undefined) go(`compare/${number}/${next}`);
  } };
}
