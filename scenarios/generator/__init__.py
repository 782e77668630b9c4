"""Makes up incidents by the thousand: from a seed a scenario and, apart from it, its answer key."""
