"""What the pages of wishes and dates take in."""
