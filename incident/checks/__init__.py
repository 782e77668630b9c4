"""The gate's questions: each answers passed, failed or unknown, in words a tired engineer understands."""
