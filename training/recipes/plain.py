"""``plain``: what sentence-transformers does by itself, for comparisons."""

from citemesh.training.recipes.recipe import Chosen, Recipe

PLAIN = Recipe(
    name="plain",
    summary="Mined negatives and the batch's other documents against each positive, nothing more.",
    paper="sentence-transformers, training overview; MultipleNegativesRankingLoss (Henderson et"
    " al., 2017, §4.4)",
    base_model=Chosen("sentence-transformers/all-MiniLM-L6-v2", "small, 22 M weights"),
    needs=(
        "citemesh mine --anchors titles --strategy sibling=4 --name siblings",
        "citemesh export siblings --dev 0.05",
    ),
    values={
        "patience": Chosen(None, "equal steps in every run that is compared"),
        "in_batch_mask": Chosen("known", "the miner keeps known positives out, the batch must too"),
    },
)
