"""Anchors: queries with their known positives, of several kinds."""

from citemesh.mining.anchors.anchor import Anchor, plain_title
from citemesh.mining.anchors.citations import citation_anchors
from citemesh.mining.anchors.deny_list import read_deny_list
from citemesh.mining.anchors.headings import heading_anchors
from citemesh.mining.anchors.titles import title_anchors

__all__ = [
    "Anchor",
    "citation_anchors",
    "heading_anchors",
    "plain_title",
    "read_deny_list",
    "title_anchors",
]
