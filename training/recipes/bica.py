"""``bica``: citation walks as negatives (Sinha et al., AAAI 2026), as published and as intended."""

from citemesh.training.recipes.recipe import Chosen, Recipe

_CODE = "BiCA's train.py"

BICA = Recipe(
    name="bica",
    summary="A general encoder on generated queries, with negatives from walks over citations.",
    paper="BiCA (Sinha, Pavan Kumar S, Balaji, Bhatt; AAAI 2026)",
    base_model=Chosen("thenlper/gte-small", "BiCA §Experiments; gte-base likewise"),
    needs=(
        "citemesh queries generate --type doc2query --no-filter --name t5",
        "citemesh mine --anchors citemesh-data/queries/t5/queries.jsonl --strategy walk=10"
        " --name walks",
        "citemesh export walks --negatives 6 --name bica",
    ),
    values={
        "scale": Chosen(20.0, f"{_CODE}: the loss's default; the paper's formula has none"),
        "similarity": Chosen("cosine", f"{_CODE}; the paper's formula has a dot product"),
        "batch_size": Chosen(16, f"{_CODE}; BiCA §Experiments"),
        "learning_rate": Chosen(2e-5, f"{_CODE}: the default of sentence-transformers' fit"),
        "weight_decay": Chosen(0.01, f"{_CODE}: the default of sentence-transformers' fit"),
        "max_grad_norm": Chosen(1.0, f"{_CODE}: the default of sentence-transformers' fit"),
        "precision": Chosen("fp32", f"{_CODE}: use_amp is not set"),
    },
    variants={
        "as_intended": {
            "epochs": Chosen(1.0, "BiCA §Experiments: one epoch, here over all rows"),
            "warmup_share": Chosen(0.1, "stand-in: sentence-transformers' training guide"),
            "exploded": Chosen(False, "stand-in: all negatives of a query in one row"),
            "batches": Chosen("no_duplicates", "stand-in: no positive as its query's negative"),
        },
        "as_published": {
            "steps": Chosen(20, f"{_CODE}: STEPS_PER_EPOCH; BiCA §Experiments"),
            "warmup_steps": Chosen(10_000, f"{_CODE}: fit's default; its own is a comment"),
            "endless_warmup": Chosen(True, "the rate never passes 3.8e-8 of 2e-5"),
            "exploded": Chosen(True, f"{_CODE}: one triple for every negative"),
            "batches": Chosen("shuffled", f"{_CODE}: a plain shuffled DataLoader"),
            "in_batch_mask": Chosen("none", f"{_CODE}: texts have no ids"),
            "patience": Chosen(None, f"{_CODE}: no evaluation"),
        },
    },
    departures=(
        "as_published reproduces a run that does not train: its 20 steps end in the first 0.2 % of"
        " the warm-up, and the published scores are those of the base model.",
        "The learning rate falls to the end of the run, where fit's would fall to 20 steps after a"
        " warm-up of 10,000: both are over before that matters.",
        "The walk needs any encoder; the paper's is NeuML/pubmedbert-base-embeddings.",
    ),
)
