"""Leaf library used by every app: base records, jobs, units, pages."""
