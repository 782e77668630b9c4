"""The thread on a terminal: plain lines when piped, a live view when somebody looks."""
