"""Pages of the path, for the two who walk it."""
