"""Local access to stored files, wherever the storage keeps them."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.core.files import File
from django.core.files.storage import default_storage


@contextlib.contextmanager
def local_copy(name: str) -> Iterator[Path]:
    """Yield a local path of a stored file; a remote one is fetched and removed afterwards."""
    try:
        yield Path(default_storage.path(name))
        return
    except NotImplementedError:
        pass
    with tempfile.NamedTemporaryFile(suffix=Path(name).suffix) as target:
        with default_storage.open(name) as source:
            shutil.copyfileobj(source, target, length=2**20)
        target.flush()
        yield Path(target.name)


def store(path: Path, name: str) -> str:
    """Store a local file under a name that is not taken; return the name used."""
    with path.open("rb") as file:
        return default_storage.save(name, File(file))
