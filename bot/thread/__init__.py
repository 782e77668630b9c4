"""The incident's thread as Slack messages: pure drawing, from facts to Block Kit, with nothing sent."""
