"""What language models are asked for. The wording is ours; the kinds are those of Tamber et al."""

from __future__ import annotations

from dataclasses import dataclass

#: What a doc2query model was trained to continue (BiCA, build-corpus/pubmed-query-scoring.py).
DOC2QUERY_PREFIX = "generate query: "


@dataclass(frozen=True)
class Instruction:
    """What is asked for, below the text that it is about.

    Args:
        text: for models that follow instructions.
        label: begins the answer, for models without a chat template.
        sees_title: whether the model reads the title too; one that is to write a title does not.
    """

    text: str
    label: str
    sees_title: bool = True


#: Questions, claims, keywords and titles (Tamber et al., arXiv 2505.19274; their types "random"
#: and "msmarco-like" are left out: they imitate web search, not biomedical users).
INSTRUCTIONS: dict[str, Instruction] = {
    "question": Instruction(
        "Write one short question that this abstract answers, as a researcher would type it into a"
        " search engine. Reply with the question alone, on one line.",
        "Question",
    ),
    "claim": Instruction(
        "Write one short sentence that says what was found, so that it can be understood without"
        " the abstract. Reply with the sentence alone, on one line.",
        "Finding",
    ),
    "keywords": Instruction(
        "Which three to six terms would a researcher search for to find this abstract? Reply with"
        " the terms alone, on one line, with commas between them.",
        "Search terms",
    ),
    "title": Instruction(
        "Write a title of at most fifteen words for this abstract. Reply with the title alone, on"
        " one line.",
        "Title",
        sees_title=False,
    ),
}
