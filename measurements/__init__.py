"""Instruments, raw files and measurements: from an uploaded file to a canonical table."""
