"""Pages of measurements, uploads and finding records."""
