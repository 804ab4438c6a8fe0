"""Every Cypher file on a real server: it compiles, returns what it says, and scans nothing."""

import pytest

from citemesh.graph.cypher import ROOMS, NamedQuery, named_query, query_names
from citemesh.graph.load import open_loaded_graph

ALL = [(room, name) for room in ROOMS for name in query_names(room)]
#: Operators that read everything; a header may allow them with its reason.
SCANS = {
    "AllNodesScan", "NodeByLabelScan", "CartesianProduct", "UnionNodeByLabelsScan",
    "DirectedRelationshipTypeScan", "UndirectedRelationshipTypeScan", "PartitionedNodeByLabelScan",
}  # fmt: skip


@pytest.fixture(scope="module")
def client(real_workspace):
    with open_loaded_graph(real_workspace) as client:
        yield client


def operators(plan):
    yield plan["operatorType"].split("@")[0]
    for child in plan.get("children", []):
        yield from operators(child)


@pytest.mark.parametrize(("room", "name"), ALL)
def test_the_plan_of_a_query(client, room, name):
    query = named_query(room, name)
    parameters: dict[str, object] = {
        key: [] if kind.startswith("list") else 1 for key, kind in query.params.items()
    }
    # EXPLAIN plans without running, so that even queries that write or delete can be looked at.
    with client._driver.session(database="neo4j") as session:
        result = session.run(f"EXPLAIN {query.text}", parameters)
        keys, plan = result.keys(), result.consume().plan
    if query.returns != "nothing":
        assert keys == [part.strip().split(" ")[0] for part in columns(query)]
    if name.startswith("schema_") or name == "await_indexes":
        return
    found = set(operators(plan))
    allowed = set(query.allows.partition(" - ")[0].replace(",", " ").split())
    assert found & SCANS == allowed, found  # no more scans than allowed, and no stale allowance
    assert bool(allowed) == bool(query.allows.partition(" - ")[2])
    if query.uses_index != "none":
        assert any("Index" in operator or "Seek" in operator for operator in found), found


def columns(query: NamedQuery) -> list[str]:
    depth, parts = 0, [""]
    for character in query.returns:
        depth += {"<": 1, ">": -1}.get(character, 0)
        if character == "," and not depth:
            parts.append("")
        else:
            parts[-1] += character
    return parts
