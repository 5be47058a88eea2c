"""What is typed on the pages of the evening, a module a topic."""
