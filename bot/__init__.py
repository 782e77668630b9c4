"""Reads payloads, draws facts, owns the process."""
