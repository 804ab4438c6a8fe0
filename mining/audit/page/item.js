// One negative with its query, a known positive and the evidence.
const figures = value => (value == null ? "unknown" : value.toFixed(2));
const yesNo = value => (value == null ? "unknown" : value ? "yes" : "no");

function headingItem(heading) {
  const name = [heading.name, heading.qualifiers.length ? ` / ${heading.qualifiers.join(", ")}` : "",
    heading.major ? " *" : ""].join("");
  const hidden = [heading.shared && "in both", heading.major && "major"].filter(Boolean).join(", ");
  const said = hidden && make("span", { class: "away" }, ` (${hidden})`);
  const text = heading.shared ? make("mark", {}, `✓ ${name}`) : name;
  return make("li", { class: heading.check_tag ? "soft" : null }, text, said,
    heading.conflict && make("span", { class: "soft" }, " – other qualifiers"));
}

function articleColumn(data, pmid, other, title, choice) {
  const article = data.articles[pmid];
  const headings = comparedHeadings(data, pmid, other);
  const facts = [article?.year ?? "year unknown", article?.indexing, article?.retracted && "retracted"];
  return make("section", { class: "text", "aria-label": title },
    make("p", { class: "role" }, title),
    choice,
    make("h3", { dir: "auto" }, article?.title ?? "No title and abstract in the corpus"),
    make("p", { class: "soft" }, `${facts.filter(Boolean).join(" · ")} · PMID `,
      make("a", { href: `https://pubmed.ncbi.nlm.nih.gov/${pmid}/`, target: "_blank",
        rel: "noopener noreferrer" }, String(pmid))),
    article?.abstract && make("p", { class: "abstract", dir: "auto" }, article.abstract),
    make("h4", {}, "MeSH headings"),
    headings.length
      ? make("ul", { class: "headings" }, headings.map(headingItem))
      : make("p", { class: "soft" }, "None: what it is about is unknown to MeSH."));
}

function positiveChoice(data, item, positives, known, chosen, choose) {
  if (positives.length < 2) return null;
  const select = make("select", { id: "positive", "aria-label": "Known positive to compare with" },
    positives.map((pmid, i) => make("option", { value: pmid, selected: pmid === chosen },
      `${i + 1}${pmid === item.closest_pmid ? " (closest)" : ""}: `
      + cut(data.articles[pmid]?.title ?? `PMID ${pmid}`, 70))));
  select.addEventListener("change", () => choose(Number(select.value)));
  const more = known > positives.length ? ` of ${known.toLocaleString("en")}` : "";
  return make("p", { class: "choice" }, select,
    make("span", { class: "soft" }, ` ${count(positives.length, "known positive")}${more}`));
}

function evidenceFigures(data, item, positive) {
  const found = positive == null ? null : nearestPlaces(data, item.negative_pmid, positive);
  const closest = positive === item.closest_pmid;
  const topics = found?.first.isMajor && found.second.isMajor ? "major topics" : "topics";
  const apart = found && Number.isFinite(found.steps)
    ? `${found.steps ? `${count(found.steps, "step")} apart` : "The same"}, the nearest of their ${topics}.`
    : "Their topics lie in different branches.";
  return make("div", { class: "pair" },
    make("figure", {}, make("figcaption", {}, "Citations, of the closest known positive"),
      item.closest_pmid == null ? make("p", { class: "soft" }, "No known positive.") : citationDrawing(item),
      !closest && make("p", { class: "soft" }, "The positive shown above is another one.")),
    make("figure", {}, make("figcaption", {}, "Places in the MeSH tree"),
      found ? treeDrawing(data, found) : make("p", { class: "soft" }, "One of the two has no place in the tree."),
      found && make("p", { class: "soft" }, apart)));
}

function evidenceNumbers(item) {
  const rows = [
    ["Shared headings", item.shared_headings ?? "unknown"], ["of them major", item.shared_major ?? "unknown"],
    ["Qualifier conflicts", item.qualifier_conflicts ?? "unknown"],
    ["MeSH similarity (SimL)", figures(item.siml)], ["IC cosine", figures(item.ic_cosine)],
    ["Lin, best match", figures(item.lin)],
    ["Coupling (references)", figures(item.references_similarity)],
    ["Co-citation (citers)", figures(item.citers_similarity)],
    ["Same work", yesNo(item.same_work)], ["Same title", yesNo(item.same_title)],
    item.query_cosine == null ? null : ["Model: with the query", figures(item.query_cosine)],
    item.positive_cosine == null ? null : ["Model: with a known positive", figures(item.positive_cosine)],
  ];
  return make("details", { class: "numbers" }, make("summary", {}, "All numbers"),
    make("dl", {}, rows.filter(Boolean).map(([name, value]) =>
      make("div", {}, make("dt", {}, name), make("dd", {}, String(value))))));
}

function verdictLines(item) {
  const verdict = VERDICTS[item.verdict];
  return [
    make("p", { class: "verdict" }, make("strong", { class: `tag ${item.verdict}` }, `${verdict.sign} ${verdict.word}`),
      item.probability == null ? " probability unknown" : ` probability of being relevant ${figures(item.probability)}`),
    make("p", { class: "sentence", dir: "auto" }, item.sentence),
    item.reasons?.length > 0 && make("p", { class: "reasons" }, item.reasons.map(code => make("code", {}, code))),
  ];
}

// What stands in the page for one negative. `hidden`: without what the auditor says.
function itemView(data, item, place, label, positive, choosePositive, hidden) {
  const { query, known, positives } = data.queries[item.query_id];
  const shown = [...new Set([item.closest_pmid, ...positives])]
    .filter(pmid => pmid != null && pmid !== item.negative_pmid);
  const chosen = positive ?? shown[0] ?? null;
  const said = label ? `labelled ${LABELS[label].word.toLowerCase()}` : "no label yet";
  return [
    make("h2", { id: "place" }, place, make("span", { class: "soft" }, ` · ${item.strategy} ${item.rank} · ${said}`)),
    make("p", { class: "role" }, "Query"),
    make("blockquote", { dir: "auto" }, query),
    ...(hidden ? [make("p", { class: "soft" }, "Verdict and reasons are hidden until you answer.")] : verdictLines(item)),
    make("div", { class: "pair" },
      articleColumn(data, item.negative_pmid, chosen, "Negative", null),
      chosen == null
        ? make("section", { class: "text" }, make("p", { class: "soft" }, "No known positive."))
        : articleColumn(data, chosen, item.negative_pmid, "Known positive",
          positiveChoice(data, item, shown, known, chosen, choosePositive))),
    make("p", { class: "soft legend" }, "✓ in both · * major topic"),
    ...(hidden ? [] : [evidenceFigures(data, item, chosen), evidenceNumbers(item)]),
  ];
}
