"""Block Kit: which blocks there are, what each may hold, and where. Limits from docs.slack.dev/reference/block-kit."""
