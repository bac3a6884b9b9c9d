"""Pure functions: arrays in, numbers out. No Django, no pandas."""
