"""How an OpenAI-compatible server is asked and how its answers and refusals are read; plain JSON, no connection."""
