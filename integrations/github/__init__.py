"""GitHub: rollbacks as runs of a workflow, and the deployments recorded there. The only room with githubkit."""
