// Drawings: citations between two articles, and two places in the tree. What colour tells, words
// and lines tell too.
const cut = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

// Of a tree number the end tells most.
function cutStart(text, most) {
  if (text.length <= most) return text;
  const parts = text.split(".");
  while (parts.length > 1 && parts.join(".").length >= most) parts.shift();
  return `…${parts.join(".")}`;
}

const write = (x, y, text, attributes = {}) => draw("text", { x, y, ...attributes }, text);

function picture(width, height, title, description, parts) {
  return draw("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${title}: ${description}` },
    draw("title", {}, title), parts);
}

function arrow(x1, y1, x2, y2, on) {
  const length = Math.hypot(x2 - x1, y2 - y1), dx = (x2 - x1) / length, dy = (y2 - y1) / length;
  const [x, y] = [x2 - 7 * dx, y2 - 7 * dy];
  const head = `${x2},${y2} ${x - 4 * dy},${y + 4 * dx} ${x + 4 * dy},${y - 4 * dx}`;
  const kind = on ? "on" : "off";
  return draw("g", { class: kind }, draw("line", { x1, y1, x2: x, y2: y }),
    draw("polygon", { points: head }));
}

function box(x, y, width, height, lines, kind) {
  const middle = x + width / 2, top = y + height / 2 - 7 * (lines.length - 1) + 4;
  return draw("g", { class: kind }, draw("rect", { x, y, width, height, rx: 6 }),
    lines.map((line, i) => write(middle, top + 15 * i, line, { "text-anchor": "middle" })));
}

function citationDrawing(item) {
  const shared = (value, word) => (value == null ? `? shared ${word}s` : count(value, `shared ${word}`));
  const references = shared(item.shared_references, "reference");
  const citers = shared(item.shared_citers, "citer");
  const chains = item.chains == null ? "chains unknown"
    : item.chains ? `${count(item.chains, "chain")} over one paper` : "no chain over one paper";
  const direct = [
    item.cites && "the positive cites the negative",
    item.cited_by && "the negative cites the positive",
  ].filter(Boolean);
  const words = direct.length ? "cites" : "no citation";
  const parts = [
    box(112, 4, 136, 34, [citers], item.shared_citers ? "paper on" : "paper off"),
    arrow(150, 38, 62, 92, item.shared_citers), arrow(210, 38, 298, 92, item.shared_citers),
    box(4, 94, 108, 48, ["negative", String(item.negative_pmid)], "paper negative"),
    box(248, 94, 108, 48, ["positive", String(item.closest_pmid)], "paper positive"),
    write(180, 100, words, { "text-anchor": "middle", class: direct.length ? "strong" : "quiet" }),
    item.cited_by && arrow(112, 107, 248, 107, true),
    item.cites && arrow(248, 115, 112, 115, true),
    !direct.length && draw("line", { x1: 112, y1: 110, x2: 248, y2: 110, class: "none" }),
    item.chains > 0 && draw("g", { class: "on" },
      draw("line", { x1: 112, y1: 130, x2: 248, y2: 130, class: "dotted" }),
      draw("circle", { cx: 180, cy: 130, r: 4 })),
    write(180, 162, chains, { "text-anchor": "middle", class: item.chains ? "" : "quiet" }),
    arrow(62, 142, 150, 196, item.shared_references), arrow(298, 142, 210, 196, item.shared_references),
    box(102, 198, 156, 34, [references], item.shared_references ? "paper on" : "paper off"),
  ];
  const said = [direct.join(", ") || "no citation between them", references, citers, chains];
  return picture(360, 236, "Citations", said.join("; "), parts);
}

const STEP = 40;

// One side of the tree below the common part, or the common part itself.
function branch(nodes, x, from, most) {
  return nodes.map(({ name, place, who }, i) => {
    const y = from + STEP * i, note = who ? `${place} · ${who}` : place;
    return draw("g", { class: who ? `end ${who}` : "node" },
      draw("title", {}, `${name} (${place})`),
      draw("circle", { cx: x, cy: y, r: who ? 6 : 4 }),
      write(x + 13, y + 1, cut(name, most)), write(x + 13, y + 15, cutStart(note, most + 2), { class: "number" }));
  });
}

function treeDrawing(data, found) {
  const { first, second, common, steps } = found;
  const nodes = ({ parts }, begin, end, who) => parts.slice(begin, end).map((_, i) => {
    const place = parts.slice(0, begin + i + 1).join(".");
    const last = begin + i + 1 === parts.length;
    return { name: data.tree[place] ?? place, place, who: last ? who : null };
  });
  const shared = nodes(first, 0, common, null);
  const left = nodes(first, common, first.parts.length, "negative");
  const right = nodes(second, common, second.parts.length, "positive");
  const ends = [!left.length && "negative", !right.length && "positive"].filter(Boolean);
  if (shared.length && ends.length) {
    shared.at(-1).who = ends.length === 2 ? "both" : ends[0];
  }
  const fork = 18 + STEP * shared.length, trunk = fork - STEP;
  const height = fork + STEP * Math.max(left.length, right.length) - (left.length || right.length ? 12 : 14);
  const line = (x1, y1, x2, y2) => draw("line", { x1, y1, x2, y2, class: "twig" });
  const below = (own, x) => [
    // Round the words of the last node in common.
    ...(own.length && shared.length
      ? [line(16, trunk, 16, fork - 15), line(16, fork - 15, x, fork - 15), line(x, fork - 15, x, fork)] : []),
    own.length > 1 && line(x, fork, x, fork + STEP * (own.length - 1)),
  ].filter(Boolean);
  const far = left.length ? 194 : 36;
  const said = `${first.name} (${first.place}) of the negative and ${second.name} (${second.place}) of the `
    + `positive have ${count(common, "step")} from the top in common`;
  return picture(360, height, "Places in the MeSH tree", said, [
    shared.length > 1 && line(16, 18, 16, trunk), below(left, 16), below(right, far),
    branch(shared, 16, 18, 46), branch(left, 16, fork, 21),
    branch(right, far, fork, left.length ? 20 : 42),
  ].flat());
}
