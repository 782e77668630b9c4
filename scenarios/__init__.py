"""Productions one can investigate without owning one: made-up ones that run, and recorded ones on disk."""
