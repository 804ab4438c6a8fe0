"""The import tool's output drives the bar, and anything else it prints is harmless."""

from citemesh.graph.load import import_progress as progress


class Bar:
    def __init__(self):
        self.n, self.total = 0, 400

    def update(self, more):
        assert more >= 0
        self.n += more


def test_the_bar_follows_phases_and_percents(monkeypatch):
    from contextlib import contextmanager

    bar = Bar()
    monkeypatch.setattr(progress, "progress_bar", contextmanager(lambda *_, **__: iter([bar])))
    seen = []
    lines = [
        "Neo4j version: 5.26.31", "(1/4) Node import 2026", "..........  35% ∆5ms [9ms]",
        "100% of nothing", "(2/4) Relationship import", ".......   5% ∆1ms [2ms]", "", "garbage (9",
        "(4/4) Post processing", ". 100% ∆0ms [1s]",
    ]  # fmt: skip
    with progress.import_progress("Importing") as read_line:
        for line in lines:
            read_line(line)
            seen.append(bar.n)
    assert seen == [0, 0, 35, 35, 100, 105, 105, 105, 300, 400]
    assert bar.n == 400
