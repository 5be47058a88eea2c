"""Forms of the pages of the evening, a module a topic."""
