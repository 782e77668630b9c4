"""Examines what is configured: whether it can be reached, what is permitted, what leaves this machine."""
