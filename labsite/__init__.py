"""labsite: laboratory information management system for solid-state battery groups."""

__version__ = "0.1.0"
