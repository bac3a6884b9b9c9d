"""Chemicals, lots, electrolyte batches, films, coatings and electrodes."""
