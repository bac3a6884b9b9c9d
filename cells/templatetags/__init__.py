"""Template tags that show cells on pages of samples."""
