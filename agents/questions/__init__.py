"""Questions that people ask in an incident's thread, answered from its evidence with citations."""
