"""Tables that no format knows: a person says what the columns mean, the lab keeps the mapping.

A mapping is data, never code: texts that are compared as they are, units of a fixed table, a sign
and an offset. Nothing here imports Django.
"""
