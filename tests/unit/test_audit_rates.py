"""Rates of verdicts: every negative is counted, in every grouping, whatever the batches."""

import json
import math
from collections import Counter

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from citemesh.mining.audit.rates import FLAGGED, GROUPINGS, Rate, Rates, rates_of, write_rates
from citemesh.mining.audit.verdicts import VERDICT_SCHEMA, VERDICTS, VerdictWriter
from citemesh.tables import render_table

COLUMNS = ("verdict", "reasons", "strategy", "year", "indexing_method", "indexed", "branches")
ROWS = st.lists(
    st.fixed_dictionaries({
        "verdict": st.sampled_from(VERDICTS),
        "reasons": st.lists(st.sampled_from(["cites", "same_work", "siml"]), unique=True),
        "strategy": st.sampled_from(["sibling", "cited"]),
        "year": st.none() | st.integers(1975, 2026),
        "indexed": st.booleans(),
        "indexing_method": st.sampled_from([None, "", "Automated", "Curated"]),
        "branches": st.none() | st.lists(st.sampled_from(["C", "C04", "D"]), max_size=4),
    }),
    max_size=40,
)  # fmt: skip


def counted(rows, size):
    schema = pa.schema([VERDICT_SCHEMA.field(name) for name in COLUMNS])
    rates = Rates()
    for start in range(0, len(rows), size):
        rates.add(pa.RecordBatch.from_pylist(rows[start : start + size], schema))
    return rates


def expected_groups(row):
    year, method = row["year"], row["indexing_method"] or "Manual"
    return {
        "strategy": {row["strategy"]},
        "decade": {"unknown" if year is None else f"{year - year % 10}s"},
        "indexing method": {method if row["indexed"] else "not indexed"},
        "indexed": {"indexed" if row["indexed"] else "not indexed"},
        "branch": set(row["branches"] or ["unknown"]),
    }


@given(ROWS, st.integers(1, 7))
def test_counts_are_those_of_a_loop_over_rows(rows, size):
    rates = counted(rows, size)
    groups: dict[str, dict[str, Counter[str]]] = {name: {} for name in GROUPINGS}
    for row in rows:
        for grouping, names in expected_groups(row).items():
            for name in names:
                groups[grouping].setdefault(name, Counter())[row["verdict"]] += 1
    assert rates.by == groups
    assert rates.overall == Counter(row["verdict"] for row in rows)
    assert rates.reasons == Counter(reason for row in rows for reason in row["reasons"])


@given(st.integers(0, 300), st.integers(0, 300))
def test_the_interval_is_wilsons_and_holds_the_share(flagged, rest):
    rate = Rate({FLAGGED[0]: flagged // 2, FLAGGED[1]: flagged - flagged // 2, VERDICTS[3]: rest})
    low, high = rate.interval()
    n = flagged + rest
    if not n:
        assert (low, high) == (0, 1)
        assert rate.as_json()["flagged"] is None
        return
    share, z = flagged / n, 1.959963984540054
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    assert (low, high) == pytest.approx((max(0, middle - half), min(1, middle + half)), abs=1e-9)
    assert low - 1e-9 <= share <= high + 1e-9


def test_an_empty_audit_is_told_as_such(tmp_path):
    with VerdictWriter(tmp_path):
        pass
    rates = write_rates(tmp_path)
    content = json.loads((tmp_path / "rates.json").read_text())
    assert content["overall"]["negatives"] == 0
    assert content["overall"]["flagged"] is None
    assert all(rates.rows(grouping) == [] for grouping in GROUPINGS)


def test_what_is_written_is_what_is_printed(tmp_path):
    row = dict.fromkeys(VERDICT_SCHEMA.names)
    more = {"reasons": ["cites"], "branches": ["C", "C04"], "indexed": True, "year": 1979}
    given_verdicts = [("two_hop", VERDICTS[0]), ("cited", VERDICTS[1]), ("cited", VERDICTS[3])]
    rows = [{**row, **more, "strategy": s, "verdict": v} for s, v in given_verdicts]
    with VerdictWriter(tmp_path) as writer:
        writer.write(pa.Table.from_pylist(rows, VERDICT_SCHEMA))
    assert rates_of(tmp_path).as_json() == write_rates(tmp_path).as_json()
    content = json.loads((tmp_path / "rates.json").read_text())
    assert [own["group"] for own in content["by"]["strategy"]] == ["two_hop", "cited"]
    assert content["overall"]["flagged"] == pytest.approx(2 / 3)
    shown = render_table(write_rates(tmp_path).rows("strategy"))
    assert "66.7 %" in shown.splitlines()[-1]
    assert write_rates(tmp_path).reason_rows() == [{"reason": "cites", "negatives": 3}]
