"""What the offline specialists write: the few things that decide, each with its evidence."""
