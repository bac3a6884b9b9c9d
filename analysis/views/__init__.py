"""Pages of runs, results and methods."""
