// What the headings of two articles have in common.
function headingsOf(data, pmid) {
  return (data.articles[pmid]?.headings ?? []).map(([number, major, qualifiers]) => ({
    number,
    major: Boolean(major),
    qualifiers: data.qualifiers[qualifiers] ?? [],
    ...data.descriptors[number],
  }));
}

// The headings of one article, major ones first and check tags last, each with what the other
// article makes of it.
function comparedHeadings(data, pmid, other) {
  const others = new Map(headingsOf(data, other).map(heading => [heading.number, heading]));
  return headingsOf(data, pmid).map(heading => {
    const twin = others.get(heading.number);
    const conflict = Boolean(twin) && !heading.check_tag && heading.qualifiers.length > 0 && twin.qualifiers.length > 0
      && !heading.qualifiers.some(name => twin.qualifiers.includes(name));
    // Nearly all papers share check tags: that says nothing.
    return { ...heading, shared: Boolean(twin) && !heading.check_tag, conflict };
  }).sort((a, b) => a.check_tag - b.check_tag || b.major - a.major || b.shared - a.shared
    || (a.name < b.name ? -1 : 1));
}

// Places of one article in the tree: of its major topics, or of all topics where it has none.
function placesOf(data, pmid) {
  const topics = headingsOf(data, pmid).filter(heading => !heading.check_tag && heading.places.length);
  const major = topics.filter(heading => heading.major);
  return (major.length ? major : topics).flatMap(({ name, places, major: isMajor }) =>
    places.map(place => ({ name, place, isMajor, parts: place.split(".") })));
}

// The two places with the fewest steps between them, deepest first; null where one has none.
function nearestPlaces(data, first, second) {
  let best = null;
  for (const a of placesOf(data, first)) {
    for (const b of placesOf(data, second)) {
      let common = 0;
      while (common < a.parts.length && a.parts[common] === b.parts[common]) common += 1;
      const steps = common ? a.parts.length + b.parts.length - 2 * common : Infinity;
      if (!best || steps < best.steps || (steps === best.steps && common > best.common)) {
        best = { first: a, second: b, common, steps };
      }
    }
  }
  return best;
}
