"""The losses in plain Python, pair by pair, as their papers print them."""

import math
from itertools import combinations

import torch


def lists(tensor):
    return tensor.detach().double().tolist()


def dot(first, second):
    return sum(a * b for a, b in zip(first, second, strict=True))


def cosine(first, second):
    return dot(first, second) / math.sqrt(dot(first, first) * dot(second, second))


def mean(values):
    values = list(values)
    return sum(values) / len(values) if values else 0.0


def ranking(columns, scale, similarity, hardness=0.0, masked=None):
    """Columns: queries, positives, negatives; masked[query][document] as lists or None."""
    queries, *rest = map(lists, columns)
    documents = [row for column in rest for row in column]
    rows = len(queries)
    losses = []
    for i, query in enumerate(queries):
        total = 0.0
        for d, document in enumerate(documents):
            if masked is not None and masked[i][d] and d != i:
                continue
            found = similarity(query, document)
            own_negative = d >= rows and d % rows == i
            total += math.exp(scale * found + (hardness * found if own_negative else 0.0))
        losses.append(math.log(total) - scale * similarity(query, documents[i]))
    return mean(losses)


def siml(first, second):
    """None where one has no labels."""
    return cosine(first, second) if any(first) and any(second) else None


def regression(documents, labels, beta):
    documents, labels = lists(documents), lists(labels)
    errors = []
    for i, j in combinations(range(len(documents)), 2):
        target = siml(labels[i], labels[j])
        if target is not None and (target == 0 or target > beta):
            errors.append((cosine(documents[i], documents[j]) - target) ** 2)
    return mean(errors)


def contrastive(documents, labels, beta, variant, temperature):
    documents, labels = lists(documents), lists(labels)
    losses = []
    for i in range(len(documents)):
        near = {
            j: siml(labels[i], labels[j]) for j in range(len(documents)) if j != i
        }  # fmt: skip
        near = {j: value for j, value in near.items() if value is not None}
        positives = [j for j, value in near.items() if value > beta]
        negatives = [j for j, value in near.items() if value == 0]
        if positives and (negatives or variant != "literal"):
            at = {j: cosine(documents[i], documents[j]) for j in near}
            losses.append(of_anchor(at, near, positives, negatives, variant, temperature))
    return mean(losses)


def of_anchor(at, near, positives, negatives, variant, temperature):
    """The contrastive term of one anchor, from cosines and SimL by document."""
    if variant == "literal":
        below = sum(math.exp(at[n]) for n in negatives)
        return mean(-math.log(near[p] * math.exp(at[p]) / below) for p in positives)
    e = {j: math.exp(value / temperature) for j, value in at.items()}
    below = sum(e[n] for n in negatives)
    if variant == "weighted_outside":
        return mean(-near[p] * math.log(e[p] / (e[p] + below)) for p in positives)
    above = sum(near[p] * e[p] for p in positives)
    return -math.log(above / (above + below))


def mulsupcon(documents, labels, temperature):
    documents, labels = lists(documents), lists(labels)
    losses, weights = [], []
    for i, own in enumerate(labels):
        for label, weight in enumerate(own):
            positives = [j for j in range(len(labels)) if j != i and labels[j][label] > 0]
            if weight > 0 and positives:
                losses.append(
                    weight * mean(_minus_log(documents, i, p, temperature) for p in positives)
                )
                weights.append(weight)
    return sum(losses) / sum(weights) if weights else 0.0


def levels(documents, labels, temperature):
    documents, depths = lists(documents), lists(labels)
    everyone = range(len(depths))

    def shared(i, j, depth):
        return any(min(a, b) >= depth for a, b in zip(depths[i], depths[j], strict=True))

    total, greatest, number = 0.0, -math.inf, 0
    for depth in range(20, 0, -1):
        anchors = []
        for i in everyone:
            positives = [j for j in everyone if j != i and shared(i, j, depth)]
            if positives:
                anchors.append(mean(_minus_log(documents, i, p, temperature) for p in positives))
        if anchors:
            number += 1
            greatest = max(greatest, mean(anchors))
            total += 2 ** (1 / number) * greatest
    return total / max(number, 1)


def _minus_log(documents, i, positive, temperature):
    e = {
        j: math.exp(cosine(documents[i], document) / temperature)
        for j, document in enumerate(documents)
        if j != i
    }
    return -math.log(e[positive] / sum(e.values()))


def drawn(seed, *shape):
    """Embeddings in float64 that ask for gradients."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64).requires_grad_()
