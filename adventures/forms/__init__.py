"""Forms of the pages of wishes and dates."""
