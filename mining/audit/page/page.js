// The page: what is shown, what was labelled, keys.
const data = JSON.parse(byId("data").textContent);
const { audit, selection, strata, items } = data;
const say = text => { byId("status").textContent = text; };
const labels = openLabels(audit.identity, () =>
  say("This browser keeps nothing of this page: download your labels before you close it."));
items.forEach((item, number) => {
  item.number = number;
  item.key = keyOf(item);
  const titles = [item.negative_pmid, item.closest_pmid].map(pmid => data.articles[pmid]?.title ?? "");
  item.words = [data.queries[item.query_id].query, ...titles, item.negative_pmid, item.closest_pmid,
    item.query_id, item.sentence, ...(item.reasons ?? [])].join("\n").toLowerCase();
});
const keys = new Map(items.map(item => [item.key, item]));
let view = items, at = 0, positive = null;

fillFilters(items);
const hides = item => byId("blind").checked && !labels.of(item);

function drawRow(item) {
  const label = labels.of(item), verdict = VERDICTS[item.verdict];
  const title = data.articles[item.negative_pmid]?.title ?? `PMID ${item.negative_pmid}`;
  const about = hides(item) ? item.strategy
    : `${verdict.sign} ${verdict.word} · ${item.strategy} · ${figures(item.probability)}`;
  return [
    make("span", { class: `mark ${label ?? ""}`, "aria-label": label ? LABELS[label].word : "no label" },
      label ? LABELS[label].sign : "·"),
    make("span", { class: "lines" }, make("span", { class: "title", dir: "auto" }, title),
      make("span", { class: "soft" }, about)),
  ];
}

const list = openList(byId("list"), byId("rows"), drawRow, index => move(index));

// Filters and sorts anew; the negative in view stays in view where it is still there.
function choose() {
  const current = view[at];
  view = items.filter(item => matches(item, labels.of(item))).sort(compare(byId("sort").value));
  at = Math.max(0, view.indexOf(current));
  byId("shown").textContent = view.length === items.length
    ? `All ${count(items.length, "negative")}` : `${view.length.toLocaleString("en")} of ${count(items.length, "negative")}`;
  if (view[at] !== current) positive = null;
  show();
}

function show() {
  list.show(view, view.length ? at : -1);
  const item = view[at], label = item && labels.of(item), frame = byId("item");
  const inside = frame.contains(document.activeElement);
  const focused = inside ? document.activeElement.id : "";
  const place = `${(at + 1).toLocaleString("en")} of ${view.length.toLocaleString("en")}`;
  frame.replaceChildren(...(item
    ? itemView(data, item, place, label, positive, pmid => { positive = pmid; show(); }, hides(item)).flat().filter(Boolean)
    : [make("h2", { id: "place" }, "No negative is like that"), make("p", {}, "Take a filter back.")]));
  if (inside) (byId(focused) ?? frame).focus({ preventScroll: true });
  for (const button of document.querySelectorAll(".answer")) {
    button.setAttribute("aria-pressed", String(button.dataset.label === label));
    button.disabled = !item;
  }
  // Never disabled: a button that goes dead under the finger takes the focus with it.
  byId("back").setAttribute("aria-disabled", String(at < 1));
  byId("next").setAttribute("aria-disabled", String(at + 1 >= view.length));
  showRates(data, item => labels.of(item));
}

function move(index, before = "") {
  if (index < 0 || index >= view.length) {
    say(`${before}This is the ${index < 0 ? "first" : "last"} one.`);
    show();
    return;
  }
  at = index;
  positive = null;
  show();
  byId("item").scrollTop = 0;
  if (byId("item").getBoundingClientRect().top < 0) byId("item").scrollIntoView();
  const item = view[at], title = data.articles[item.negative_pmid]?.title ?? "";
  const verdict = hides(item) ? "" : `${VERDICTS[item.verdict].word}. `;
  say(`${before}${at + 1} of ${view.length}. ${verdict}${title}`);
}

function answer(label) {
  const item = view[at];
  if (!item) return;
  labels.set(item, label, byId("reviewer").value.trim());
  const open = other => !labels.of(other);
  let next = view.findIndex((other, index) => index > at && open(other));
  if (next < 0) next = view.findIndex(open);
  const said = `${LABELS[label].word}. `;
  if (next >= 0) { move(next, said); return; }
  show();
  say(`${said}All that are shown have a label.`);
}

function undo() {
  const key = labels.undo(keys);
  if (!key) { say("Nothing to undo."); return; }
  const item = keys.get(key);
  if (!view.includes(item)) {
    for (const name of ["search", "verdict", "strategy", "probability", "labelled"]) byId(name).value = "";
    choose();
  }
  move(view.indexOf(item), "Taken back. ");
}

function download() {
  const name = byId("reviewer").value.trim();
  const lines = labelLines(items, labels, strata, audit.identity, name);
  if (!lines.length) { say("There are no labels yet."); return; }
  const address = URL.createObjectURL(new Blob(lines, { type: "application/jsonl" }));
  const file = ["labels", audit.name, name].filter(Boolean).join("-").replace(/[^\w.-]+/g, "-");
  make("a", { href: address, download: `${file}.jsonl` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
  say(`${count(lines.length, "label")} written to ${file}.jsonl.`);
}

async function add(event) {
  const [file] = event.target.files;
  if (!file) return;
  const { found, others } = readLabels(await file.text(), audit.identity);
  const added = labels.add(found);
  event.target.value = "";
  choose();
  const rest = others ? ` ${count(others, "line")} of another audit, or no label, left out.` : "";
  say(`${count(added, "label")} added; ${found.length - added} known already.${rest}`);
}

const KEYS = {
  y: () => answer("relevant"), n: () => answer("not_relevant"), "?": () => answer("unsure"), u: undo,
  j: () => move(at + 1), ArrowRight: () => move(at + 1), k: () => move(at - 1), ArrowLeft: () => move(at - 1),
};
const LIST_KEYS = {
  ArrowDown: () => move(at + 1), ArrowUp: () => move(at - 1),
  Home: () => move(0), End: () => move(view.length - 1),
  PageDown: () => move(Math.min(view.length - 1, at + list.pageSize())),
  PageUp: () => move(Math.max(0, at - list.pageSize())),
};

addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const { target } = event, typing = target.closest("input:not([type=checkbox]), select, textarea");
  if (typing) return;
  const inList = target === byId("list");
  // Elsewhere than in the text, which they scroll, arrows up and down move as well.
  const arrows = !byId("item").contains(target) && event.key.startsWith("Arrow");
  const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const act = (byId("keys").checked && KEYS[name]) || ((inList || arrows) && LIST_KEYS[name]);
  if (!act) return;
  event.preventDefault();
  act();
});

for (const button of document.querySelectorAll(".answer")) {
  button.addEventListener("click", () => answer(button.dataset.label));
}
byId("undo").addEventListener("click", undo);
byId("back").addEventListener("click", () => move(at - 1));
byId("next").addEventListener("click", () => move(at + 1));
byId("download").addEventListener("click", download);
byId("import").addEventListener("change", add);
for (const name of ["search", "verdict", "strategy", "probability", "labelled", "sort"]) {
  byId(name).addEventListener("input", choose);
}
byId("blind").addEventListener("change", show);
addEventListener("storage", event => {
  if (event.key === labels.place) { labels.read(); show(); }
});
try {
  byId("reviewer").value = localStorage.getItem("citemesh-reviewer") ?? "";
  byId("reviewer").addEventListener("input", () =>
    localStorage.setItem("citemesh-reviewer", byId("reviewer").value));
} catch { /* said above */ }

for (const name of ["filters", "rates"]) byId(name).open = matchMedia("(min-width: 60rem)").matches;
choose();
// Where the reviewer left off.
const first = view.findIndex(item => !labels.of(item));
if (first > 0) move(first);
