"""What telemetry says, computed. Imports neither AutoGen nor an LLM."""
