"""``citemesh``: ours. Evidence from the graph chooses positives, and masks what is no negative."""

from citemesh.training.recipes.recipe import Chosen, Recipe

_TRIAL = "docs/recipes.md, trial of one seed"

CITEMESH = Recipe(
    name="citemesh",
    summary="Audited negatives; positives and in-batch masks by evidence; bound to its base.",
    paper="this project; docs/recipes.md",
    base_model=Chosen("sentence-transformers/all-MiniLM-L6-v2", "small, 22 M weights"),
    needs=(
        "citemesh mine --anchors titles --strategy cited=4 --strategy sibling=4 --name mix",
        "citemesh audit run mix",
        "citemesh audit apply mix --drop-verdict reject --drop-verdict likely_false_negative"
        " --name audited",
        "citemesh export audited --negatives 1 --dev 0.05",
    ),
    values={
        "evidence_positives": Chosen(0.5, f"{_TRIAL}: own abstracts alone lose nDCG"),
        "in_batch_mask": Chosen("evidence", f"{_TRIAL}: the largest single gain"),
        "mask_probability": Chosen(0.5, "audit-evidence: more probably relevant than not"),
        "batch_size": Chosen(64, "a larger batch has more negatives, and caching bounds memory"),
        "mini_batch_size": Chosen(32, "sentence-transformers' default for cached losses"),
        "epochs": Chosen(1.0, "sentence-transformers' default"),
        "merge_weight": Chosen(0.5, f"{_TRIAL}: half-way keeps nDCG and most of the recall"),
        "base_pull": Chosen(0.1, "a tenth: felt, and not what decides; L2-SP (Li et al., 2018)"),
        "hardness": Chosen(0.0, "off: weighing negatives up weighs false ones up first"),
        "siml_weight": Chosen(0.0, "off: unmeasured here"),
    },
)
