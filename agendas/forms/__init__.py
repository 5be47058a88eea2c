"""What the talk's pages take in."""
