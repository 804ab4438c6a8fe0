"""Comparing what engines answer, column by column."""

from dataclasses import fields

import numpy as np

from citemesh.graph.snapshot.arrays import Csr


def assert_same(one, other):
    """Every field of two dataclasses holds the same values."""
    for field in fields(one):
        a, b = getattr(one, field.name), getattr(other, field.name)
        if isinstance(a, Csr):
            assert_same(a, b)
        else:
            np.testing.assert_array_equal(a, b, err_msg=field.name)
            assert a.dtype == b.dtype, field.name
