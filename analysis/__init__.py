"""Analyses of measurements: methods, runs, metrics, curves and flags."""
