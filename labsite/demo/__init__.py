"""The demo lab: writers of synthetic instrument files, marked as such."""

MARK = "synthetic, labsite demo"
"""Remark that every generated instrument file carries."""
