"""Models: found, loaded, made from decoders, adapted, merged, saved with a card."""
