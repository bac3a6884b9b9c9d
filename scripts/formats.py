"""``python -m scripts.formats FOLDER``: write the tables of docs/formats.md anew.

The first table lists the formats, the second what becomes of the files of a folder.
"""

import os
import sys
from io import StringIO
from pathlib import Path

import django
from django.core.management import call_command

PAGE = Path(__file__).parents[1] / "docs" / "formats.md"


def main() -> None:
    """Put what ``manage.py formats`` prints between the marks of the page."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "labsite.settings")
    django.setup()
    page = PAGE.read_text(encoding="utf-8")
    for mark, words in (("formats", ()), ("coverage", (sys.argv[1],))):
        out = StringIO()
        call_command("formats", *words, stdout=out)
        before, _, rest = page.partition(f"<!-- {mark} -->\n")
        _, _, after = rest.partition(f"<!-- /{mark} -->")
        page = f"{before}<!-- {mark} -->\n{out.getvalue()}<!-- /{mark} -->{after}"
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
