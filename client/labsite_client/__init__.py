"""Sends instrument files to labsite; needs nothing but Python 3.9."""

from labsite_client.api import Client, Refused, Unreachable

__all__ = ["Client", "Refused", "Unreachable"]
