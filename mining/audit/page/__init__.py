"""The review page: one HTML file in which a person says which negatives are relevant."""
