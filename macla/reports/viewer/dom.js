"use strict";
// Everything that comes from runs is put into the document by text nodes: there is no innerHTML in this page.

const DATA = JSON.parse(document.getElementById("data").textContent);

// Return an element; options are attributes, or handlers where they begin with "on".
function el(tag, options, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(options || {})) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== null && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  return fill(made, ...children);
}

// Put children in the place of what an element holds; strings and numbers become text.
function fill(parent, ...children) {
  parent.replaceChildren(...children.flat(Infinity).filter((child) => child !== null && child !== undefined)
    .map((child) => (child instanceof Node ? child : document.createTextNode(String(child)))));
  return parent;
}

function text(number) {
  return DATA.texts[number];
}

function lines(numbers) {
  return numbers.map(text).join("\n");
}

function percent(value) {
  return value === null ? "–" : (100 * value).toFixed(1);
}

function within(value, low, high) {
  return `${percent(value)} % [${percent(low)}, ${percent(high)}]`;
}

function figure(value) {
  return value === null || value === undefined ? "–" : Number.isInteger(value) ? String(value) : value.toFixed(3);
}

function table(head, rows, options) {
  return el("div", { class: "scroll" }, el("table", options || {},
    el("thead", {}, el("tr", {}, head.map((name) => el("th", { scope: "col" }, name)))),
    el("tbody", {}, rows.map((cells) => el("tr", {}, cells.map((cell) => el("td", {}, cell)))))));
}

// A <details> whose body is made when it is first opened: prompts are long, and mostly nobody opens them.
function folded(summary, make, open) {
  const box = el("details", { open: open || false }, el("summary", {}, summary));
  const show = () => { if (box.open && box.children.length < 2) box.append(make()); };
  box.addEventListener("toggle", show);
  show();
  return box;
}

function select(label, choices, chosen, change) {
  const box = el("select", { "aria-label": label, onchange: (event) => change(event.target.value) },
    choices.map(([value, name]) => el("option", { value, selected: String(value) === String(chosen) }, name)));
  return el("label", {}, label, " ", box);
}

function searchBox(label, value, change) {
  const box = el("input", { type: "search", id: "search", placeholder: label, "aria-label": label });
  box.value = value;
  box.addEventListener("input", () => change(box.value));
  return box;
}

const PAGE = 100;

// Fill a list with the rows of its items, a page at a time as it is scrolled; return a function that shows item n.
function lazyList(list, items, row) {
  let shown = 0;
  const end = el("li", { class: "end", "aria-hidden": "true" });
  const more = (until) => {
    while (shown < Math.min(items.length, until)) list.insertBefore(row(items[shown], shown++), end);
    if (shown >= items.length) watch.disconnect();
  };
  const watch = new IntersectionObserver((seen) => { if (seen.some((one) => one.isIntersecting)) more(shown + PAGE); });
  fill(list, end);
  more(PAGE);
  if (shown < items.length) watch.observe(end);
  return (number) => {
    more(number + 1);
    for (const one of list.querySelectorAll("[aria-current]")) one.removeAttribute("aria-current");
    const link = list.children[number] && list.children[number].querySelector("a");
    if (link && number < items.length) {
      link.setAttribute("aria-current", "true");
      reveal(link);
    }
  };
}

// Scroll a list, and nothing but it, so that one of its links is seen.
function reveal(link) {
  const list = link.closest(".list"), top = link.offsetTop - list.offsetTop;
  const seen = top >= list.scrollTop && top + link.offsetHeight <= list.scrollTop + list.clientHeight;
  if (!seen) list.scrollTop = top - list.clientHeight / 3;
}
