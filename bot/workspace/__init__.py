"""A stand-in for Slack on this machine, with a page to look at: the real bot runs against it unchanged."""
