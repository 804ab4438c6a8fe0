"""The evidence score: how probable it is that a negative is relevant, learnt from citations."""
