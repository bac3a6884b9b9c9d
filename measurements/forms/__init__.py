"""Forms of uploads, measurements and instruments."""
