"""`citing`: papers that cite the start. Install this folder, then: --strategy citing=2."""

from dataclasses import dataclass
from pathlib import Path

from citemesh.graph.cypher import parse_query
from citemesh.mining.candidates import Candidates
from citemesh.mining.strategies.base import flat, in_key_order

CITING = parse_query("citing", Path(__file__).with_name("citing.cypher").read_text())


@dataclass(frozen=True)
class Citing:
    name: str = "citing"

    def ask(self, engine, starts, limit):
        rows = engine.ask(CITING, starts.tolist(), limit=limit)
        return Candidates.of(**flat(starts, rows, ["pmid"]), hops=1)

    def look(self, engine, starts, limit):
        places = engine.snapshot.positions(starts)
        owner, found = engine.neighbours(engine.snapshot.cited_by, places)
        owner, found = owner[engine.documents(found)], found[engine.documents(found)]
        rows = in_key_order(engine, places, owner, found, limit)
        return Candidates.of(owner[rows], engine.snapshot.pmid[found[rows]], hops=1)
