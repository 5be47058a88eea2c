"""Forms of the talk's pages."""
