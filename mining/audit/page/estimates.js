// Shares of false negatives with 95 % intervals; the twin of mining/audit/estimates.py, where
// sources are named.
const Z = 1.959963984540054;

// Middle and half the width of Wilson's interval of one stratum.
function wilson({ size, labelled, relevant }, z) {
  const share = relevant / labelled;
  if (labelled === size) return [share, 0];
  const n = labelled * (size - 1) / (size - labelled);
  const scale = 1 + z * z / n;
  const half = z / scale * Math.sqrt(share * (1 - share) / n + z * z / (4 * n * n));
  return [(share + z * z / (2 * n)) / scale, half];
}

// Rate, low and high over strata of {size, labelled, relevant}; null while one has no label.
function estimate(strata) {
  if (!strata.length || strata.some(stratum => !stratum.labelled)) return null;
  const total = strata.reduce((sum, stratum) => sum + stratum.size, 0);
  const weighed = value =>
    strata.reduce((sum, stratum) => sum + stratum.size / total * value(stratum), 0);
  const halves = strata.map(stratum => stratum.size / total * wilson(stratum, Z)[1]);
  const straight = halves.reduce((sum, half) => sum + half, 0);
  const z = straight ? Z * Math.hypot(...halves) / straight : 0;
  const middle = weighed(stratum => wilson(stratum, z)[0]);
  const half = weighed(stratum => wilson(stratum, z)[1]);
  return {
    rate: weighed(stratum => stratum.relevant / stratum.labelled),
    low: Math.max(0, middle - half),
    high: Math.min(1, middle + half),
  };
}

// Counts of each stratum. `passed`: negatives without a label before one with a label, in the
// order in which the first labels of a stratum are a random sample of it.
function countStrata(strata, items, labelOf) {
  const counts = strata.map(stratum => ({ ...stratum, labelled: 0, relevant: 0, unsure: 0, passed: 0 }));
  const waiting = counts.map(() => 0);
  for (const item of items) {
    const own = counts[item.stratum], label = labelOf(item);
    if (!label) { waiting[item.stratum] += 1; continue; }
    own.passed += waiting[item.stratum];
    waiting[item.stratum] = 0;
    if (label === "unsure") { own.unsure += 1; continue; }
    own.labelled += 1;
    own.relevant += label === "relevant" ? 1 : 0;
  }
  return counts;
}
