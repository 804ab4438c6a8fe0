"""Exports: a mined set as training data, in the form that each trainer reads."""

from citemesh.mining.export.export import MANIFEST_KIND, export
from citemesh.mining.export.settings import ExportSettings

__all__ = ["MANIFEST_KIND", "ExportSettings", "export"]
