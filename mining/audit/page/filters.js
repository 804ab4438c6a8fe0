// What is shown in the list, and in which order.
const choices = (select, options) => byId(select).replaceChildren(
  ...options.map(([value, text]) => make("option", { value }, text)));

function fillFilters(items) {
  const some = (name, words) => [...new Set(items.map(item => item[name]))].sort()
    .map(value => [value, words(value)]);
  choices("verdict", [["", "all"], ...Object.entries(VERDICTS).map(([value, { word }]) => [value, word])
    .filter(([value]) => items.some(item => item.verdict === value))]);
  choices("strategy", [["", "all"], ...some("strategy", name => name)]);
  choices("probability", [["", "all"], ["0.75 1", "0.75 and more"], ["0.5 0.75", "0.5 to 0.75"],
    ["0.25 0.5", "0.25 to 0.5"], ["0 0.25", "below 0.25"], ["unknown", "unknown"]]);
  choices("labelled", [["", "all"], ["none", "without a label"],
    ...Object.entries(LABELS).map(([value, { word }]) => [value, word.toLowerCase()])]);
  choices("sort", [["number", "by chance, for the estimate"], ["-probability", "most probable first"],
    ["probability", "least probable first"], ["verdict", "by verdict"], ["strategy", "by strategy"],
    ["query_id", "by query"], ["-siml", "nearest in MeSH first"],
    ...(items.some(item => item.query_cosine != null) ? [["-query_cosine", "nearest to the query first"]] : [])]);
}

function inRange(item, range) {
  if (!range) return true;
  if (range === "unknown" || item.probability == null) return range === "unknown" && item.probability == null;
  const [low, high] = range.split(" ").map(Number);
  return item.probability >= low && (item.probability < high || high === 1);
}

function matches(item, label) {
  const wanted = byId("labelled").value;
  return (!byId("verdict").value || item.verdict === byId("verdict").value)
    && (!byId("strategy").value || item.strategy === byId("strategy").value)
    && (!wanted || (wanted === "none" ? !label : label === wanted))
    && inRange(item, byId("probability").value)
    && byId("search").value.toLowerCase().split(/\s+/).every(word => item.words.includes(word));
}

function compare(by) {
  const down = by.startsWith("-"), name = down ? by.slice(1) : by;
  const order = Object.keys(VERDICTS);
  const value = item => (name === "verdict" ? order.indexOf(item.verdict) : item[name]);
  return (a, b) => {
    const [x, y] = [value(a), value(b)];
    if (x == null || y == null) return (x == null) - (y == null) || a.number - b.number;
    if (x === y) return a.number - b.number;
    return (x < y ? -1 : 1) * (down ? -1 : 1);
  };
}
