"""What the real file says, in Python from its parsed tables: tests hold the graph against it."""

import pyarrow.parquet as pq

from citemesh.graph.cypher import named_query
from citemesh.graph.mesh.read import carried_mesh_table, read_mesh
from citemesh.graph.query.params import typed_params
from citemesh.graph.query.query import Question


class Oracle:
    """The same questions answered in Python from the tables of the file."""

    def __init__(self, workspace):
        (folder,) = (f for f in workspace.staged.iterdir() if f.name.startswith("pubmed"))
        references = pq.read_table(folder / "references.parquet").to_pandas()
        references = references[references["cited_pmid"].notna()]
        headings = pq.read_table(folder / "headings.parquet").to_pandas()
        major = headings[headings["major"]]
        self.cites = references.groupby("pmid")["cited_pmid"].agg(set).to_dict()
        self.cited_by = references.groupby("cited_pmid")["pmid"].agg(set).to_dict()
        self.of = headings.groupby("pmid")["ui"].agg(set).to_dict()
        self.under = headings.groupby("ui")["pmid"].agg(set).to_dict()
        self.major_of = major.groupby("pmid")["ui"].agg(set).to_dict()
        self.major_under = major.groupby("ui")["pmid"].agg(set).to_dict()
        self.qualifiers = {
            (pmid, ui): {str(qualifier) for qualifier in qualifiers}
            for pmid, ui, qualifiers in zip(
                headings["pmid"], headings["ui"], headings["qualifiers"], strict=True
            )
        }
        self.mesh = read_mesh(carried_mesh_table()).descriptors
        self.by_name = {descriptor.name: ui for ui, descriptor in self.mesh.items()}

    def cited(self, pmid):
        return len(self.cited_by.get(pmid, ()))

    def branch(self, heading):
        tops = self.mesh[self.by_name[heading]].tree_numbers
        return {self.by_name[heading]} | {
            ui for ui, descriptor in self.mesh.items()
            if any(f"{n}.".startswith(f"{top}.") for n in descriptor.tree_numbers for top in tops)
        }  # fmt: skip

    def topics(self, pmid):
        """Its headings without check tags."""
        return self._without_tags(self.of.get(pmid, set()))

    def majors(self, pmid):
        return self._without_tags(self.major_of.get(pmid, set()))

    def _without_tags(self, uis):
        return {ui for ui in uis if ui not in self.mesh or not self.mesh[ui].check_tag}

    def names(self, uis):
        return sorted(self.mesh[ui].name for ui in uis)

    def meetings(self, first, second):
        """Steps from one descriptor to the other over each place at or above both."""
        for a in self._numbers(first):
            for b in self._numbers(second):
                shared = [x == y for x, y in zip(a, b, strict=False)]
                depth = shared.index(False) if False in shared else len(shared)
                if depth:
                    yield len(a) + len(b) - 2 * depth, ".".join(a[:depth])

    def _numbers(self, ui):
        return [number.split(".") for number in self.mesh[ui].tree_numbers]


def ask(client, name, **given):
    """The rows of a cookbook query."""
    query = named_query("cookbook", name)
    params = typed_params(query, {key: str(value) for key, value in given.items()})
    with client.ask(Question(query.text, params)) as answer:
        return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
