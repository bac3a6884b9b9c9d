"""Cells: assembly, harvest and events."""
