// Which page is shown: the address says it (#episodes/0/12), so that back, forward and links work.

const PAGES = [["summary", "Summary"], ["episodes", "Episodes"], ["compare", "Compare"], ["memory", "Memory"]].filter(
  ([name]) => (name !== "compare" || DATA.pairs.length) && (name !== "memory" || DATA.memories.length));
let shown = { page: null, key: "", open: null, step: () => {} };

function current() {
  return location.hash.slice(1).split("/");
}

function go(address) {
  location.hash = address;
}

function render() {
  const [asked, ...path] = current();
  const name = PAGES.some(([one]) => one === asked) ? asked : "summary";
  const key = `${name}/${path[0] || 0}`;
  if (shown.key === key && path[1] !== undefined && shown.open) {
    shown.open(path);
    return;
  }
  const made = name === "summary" ? { page: summaryPage(), open: null, step: () => {} }
    : { episodes: episodesPage, compare: comparePage, memory: memoryPage }[name](path);
  shown = { ...made, key };
  const main = document.getElementById("main");
  main.className = name;
  fill(main, made.page);
  fill(document.getElementById("tabs"), PAGES.map(([one, title], number) => el("a", {
    href: `#${one}`, "aria-current": one === name ? "page" : null, title: `key ${number + 1}` }, title)));
  document.querySelectorAll(".list [aria-current]").forEach(reveal); // last: only now everything has its place
}

document.addEventListener("keydown", (event) => {
  const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
  if (typing && event.key === "Escape") event.target.blur();
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const page = PAGES[Number(event.key) - 1];
  if (page) go(page[0]);
  else if (event.key === "j" || event.key === "k") shown.step(event.key === "j" ? 1 : -1);
  else if (event.key === "/" && document.getElementById("search")) document.getElementById("search").focus();
  else return;
  event.preventDefault();
});
window.addEventListener("hashchange", render);
render();
document.title = `macla view: ${DATA.runs.map((run) => run.name).join(", ")}`;
document.documentElement.dataset.interactive = String(Math.round(performance.now()));
