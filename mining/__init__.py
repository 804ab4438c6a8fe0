"""Hard negatives from the graph: anchors, strategies, evidence, guards, exports."""
