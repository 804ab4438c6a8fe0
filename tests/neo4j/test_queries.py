"""Every Cypher file on a real server: it compiles, returns what it says, and scans nothing."""

import pytest

from citemesh.graph.cypher import ROOMS, named_query, query_names
from citemesh.graph.state import open_loaded_graph

ALL = [(room, name) for room in ROOMS for name in query_names(room)]
#: Operators that read everything; a header may allow them with its reason.
SCANS = {
    "AllNodesScan", "NodeByLabelScan", "CartesianProduct", "UnionNodeByLabelsScan",
    "DirectedRelationshipTypeScan", "UndirectedRelationshipTypeScan",
}  # fmt: skip
#: Other names of a scan by label; which one a plan has hangs on the counts of the graph.
BY_LABEL = {"IntersectionNodeByLabelsScan", "PartitionedNodeByLabelScan"}
#: A value of each type that a header may name; the planner refuses those of another.
EXAMPLES: dict[str, object] = {
    "integer": 1, "float": 0.5, "string": "x", "boolean": True, "list": [], "map": {},
}  # fmt: skip


@pytest.fixture(scope="module")
def client(real_workspace):
    with open_loaded_graph(real_workspace) as client:
        yield client


def operators(plan):
    name = plan["operatorType"].split("@")[0]
    yield "NodeByLabelScan" if name in BY_LABEL else name
    for child in plan.get("children", []):
        yield from operators(child)


@pytest.mark.parametrize(("room", "name"), ALL)
def test_the_plan_of_a_query(client, room, name):
    query = named_query(room, name)
    parameters = {key: EXAMPLES[kind.split("<")[0]] for key, kind in query.params.items()}
    # EXPLAIN plans without running, so that even queries that write or delete can be looked at.
    with client._driver.session(database="neo4j") as session:
        result = session.run(f"EXPLAIN {query.text}", parameters)
        keys, plan = result.keys(), result.consume().plan
    if query.returns != "nothing":
        assert keys == list(query.columns)
    if name.startswith("schema_") or name == "await_indexes":
        return
    found = set(operators(plan))
    allowed = set(query.allows.partition(" - ")[0].replace(",", " ").split())
    assert found & SCANS == allowed, found  # no more scans than allowed, and no stale allowance
    assert bool(allowed) == bool(query.allows.partition(" - ")[2])
    if query.uses_index != "none":
        assert any("Index" in operator or "Seek" in operator for operator in found), found
