"""Draft the next schema revision from what changed in store/tables.py.

`python scripts/revision.py add_labels`. Read the draft before committing it: Alembic sees new tables, columns
and indexes, but neither renames nor the conditions of indexes, and a revision must also work beside the
version before it. Then run `make test T=tests/store`.
"""

import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from paths import ROOT

from frontdesk.store import migrate, types
from frontdesk.store.migrations import HEAD
from frontdesk.store.tables import metadata

FOLDER = ROOT / "src" / "frontdesk" / "store" / "migrations"


def main() -> int:
    """Write the revision and make it the head."""
    if len(sys.argv) != 2 or not re.fullmatch(r"[a-z][a-z0-9_]*", sys.argv[1]):
        sys.stderr.write("usage: python scripts/revision.py what_it_does\n")
        return 2
    number = f"{int(HEAD) + 1:04}"
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "desk.db"
        migrate.prepare_sqlite(path, migrate=True)
        engine = sa.create_engine(f"sqlite:///{path}")
        with engine.connect() as connection:
            command.revision(_config(connection), sys.argv[1], autogenerate=True, rev_id=number)
        engine.dispose()
    face = FOLDER / "__init__.py"
    face.write_text(face.read_text().replace(f'HEAD = "{HEAD}"', f'HEAD = "{number}"'))
    return 0


def _config(connection: sa.Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes.update(connection=connection, target_metadata=metadata, render_item=_render)
    return config


def _render(kind: str, item: Any, _context: Any) -> str | bool:
    if kind == "type" and isinstance(item, types.Id | types.Instant | types.Json):
        return f"types.{type(item).__name__}()"
    return False


if __name__ == "__main__":
    sys.exit(main())
