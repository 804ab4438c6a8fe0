// Labels, kept in the browser under the audit's identity: every page of the audit has the same.
const keyOf = row => JSON.stringify([row.query_id, row.negative_pmid, row.strategy]);
const MOST_UNDONE = 500;

function openLabels(identity, failed) {
  const place = `citemesh-audit:${identity}`;
  let kept = { labels: {}, history: [] };

  function read() {
    try {
      const found = JSON.parse(localStorage.getItem(place));
      if (found && found.labels && found.history) kept = found;
    } catch (error) {
      failed(error);
    }
  }

  // Another window of this page may have written since: read, change, write.
  function change(apply) {
    read();
    const said = apply(kept);
    kept.history = kept.history.slice(-MOST_UNDONE);
    try {
      localStorage.setItem(place, JSON.stringify(kept));
    } catch (error) {
      failed(error);
    }
    return said;
  }

  read();
  return {
    place,
    read,
    of: item => kept.labels[item.key]?.label,
    record: item => kept.labels[item.key],
    set: (item, label, reviewer) => change(all => {
      all.history.push([item.key, all.labels[item.key] ?? null]);
      all.labels[item.key] = { label, reviewer, time: new Date().toISOString() };
    }),
    // Takes the last label back that was given to one of these keys; returns the key.
    undo: keys => change(all => {
      const last = all.history.findLastIndex(([key]) => keys.has(key));
      if (last < 0) return null;
      const [[key, before]] = all.history.splice(last, 1);
      if (before) all.labels[key] = before;
      else delete all.labels[key];
      return key;
    }),
    // Adds labels of a file; a newer one of the same negative stays.
    add: records => change(all => {
      let added = 0;
      for (const { key, label, reviewer, time } of records) {
        if (all.labels[key] && all.labels[key].time >= time) continue;
        all.labels[key] = { label, reviewer, time };
        added += 1;
      }
      return added;
    }),
  };
}

// The lines of a labels file.
function labelLines(items, labels, strata, identity, reviewer) {
  return items.filter(item => labels.of(item)).map(item => {
    const record = labels.record(item), stratum = strata[item.stratum];
    return JSON.stringify({
      audit: identity,
      query_id: item.query_id,
      negative_pmid: item.negative_pmid,
      strategy: item.strategy,
      label: record.label,
      reviewer: record.reviewer || reviewer || "anonymous",
      time: record.time,
      stratum: `${stratum.strategy}/${stratum.verdict}`,
      stratum_size: stratum.size,
      weight: stratum.size / stratum.drawn,
    }) + "\n";
  });
}

// Labels of this audit in a file, and how many of its lines are none.
function readLabels(text, identity) {
  const found = [];
  let others = 0;
  for (const line of text.split("\n").filter(line => line.trim())) {
    try {
      const row = JSON.parse(line);
      if (row.audit !== identity || !(row.label in LABELS)) throw new Error("not ours");
      found.push({ key: keyOf(row), label: row.label, reviewer: String(row.reviewer ?? ""),
        time: String(row.time ?? "") });
    } catch {
      others += 1;
    }
  }
  return { found, others };
}
