"""Model clients. All are AutoGen `ChatCompletionClient`s, so that the team is the same whoever thinks for it."""
