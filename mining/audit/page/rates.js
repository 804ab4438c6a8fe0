// Progress, and each strategy's rate of false negatives.
function showRates({ items, selection, strata }, labelOf) {
  const done = items.filter(labelOf).length;
  const part = items.length < selection.negatives
    ? `, a sample of ${selection.negatives.toLocaleString("en")} (seed ${selection.seed})` : "";
  byId("progress").textContent = `${done.toLocaleString("en")} of ${count(items.length, "negative")} labelled${part}`;
  byId("bar").max = items.length;
  byId("bar").value = done;
  const counts = countStrata(strata, items, labelOf);
  const names = [...new Set(strata.map(stratum => stratum.strategy))];
  const groups = names.map(name => [name, counts.filter(own => own.strategy === name)]);
  if (names.length > 1) groups.push(["all", counts]);
  byId("estimates").replaceChildren(...groups.map(([name, own]) => rateRow(name, own)));
  const total = name => counts.reduce((sum, own) => sum + own[name], 0);
  byId("caution").textContent = [
    selection.verdicts.length ? `Only of verdict ${selection.verdicts.map(v => VERDICTS[v].word.toLowerCase()).join(", ")}.` : "",
    total("unsure") ? `${count(total("unsure"), "unsure label")} left out.` : "",
    total("passed") ? `${count(total("passed"), "negative")} passed over: the rates hold when these are labelled too.` : "",
  ].filter(Boolean).join(" ");
}

const percent = share => `${(100 * share).toFixed(1)} %`;

function rateRow(name, own) {
  const found = estimate(own);
  const bare = own.filter(stratum => !stratum.labelled).map(stratum => VERDICTS[stratum.verdict].word.toLowerCase());
  const labelled = own.reduce((sum, stratum) => sum + stratum.labelled, 0);
  const whole = own.every(stratum => stratum.labelled === stratum.size);
  const interval = found && (whole ? "all are labelled" : `${percent(found.low)} to ${percent(found.high)}`);
  const missing = name === "all" ? "needs labels of each" : `needs labels of: ${bare.join(", ")}`;
  return make("tr", {}, make("th", { scope: "row" }, name), make("td", { class: "number" }, String(labelled)),
    make("td", { class: "number" }, found ? percent(found.rate) : "–"),
    make("td", {}, found ? interval : make("span", { class: "soft" }, missing)));
}
