"""The talk's pages."""
