"""The pages of the evening, a module a topic."""
