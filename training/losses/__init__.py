"""Losses: functions of embeddings and targets, checked against closed forms."""
