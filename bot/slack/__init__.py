"""Slack out: what is to be shown is stored first, then delivered in order, once, however long Slack is away."""
