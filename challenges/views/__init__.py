"""Pages of the challenge, for the two who are in it."""
