"""The audit: which mined negatives are probably relevant, why, and what people say of them."""
