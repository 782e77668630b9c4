"""The command line, one module a topic. Nothing heavy is imported before a command runs."""
