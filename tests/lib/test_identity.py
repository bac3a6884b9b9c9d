"""Identifiers of records."""

import uuid

from labsite.lib.identity import uuid7


def test_identifiers_are_of_version_7_and_sort_by_time() -> None:
    ids = [uuid7() for _ in range(3)]
    assert {(one.version, one.variant) for one in ids} == {(7, uuid.RFC_4122)}
    assert [one.int >> 80 for one in ids] == sorted(one.int >> 80 for one in ids)
