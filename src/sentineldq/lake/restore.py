"""A table whose metadata file is damaged or gone: which file it is, what to set the table back to, and doing so."""

from __future__ import annotations

from pathlib import Path

from pyiceberg.catalog import Catalog
from pyiceberg.catalog.sql import IcebergTables, SqlCatalog
from pyiceberg.exceptions import ValidationError
from pyiceberg.io import load_file_io
from pyiceberg.serializers import FromInputFile
from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.orm import Session

from sentineldq.errors import LakeError, first_line

Identifier = tuple[str, str]

UNREADABLE = (OSError, ValueError, ValidationError)
"""What reading metadata raises where a file is absent, cut off or no metadata."""


def damage(catalog: Catalog, identifier: Identifier, fault: Exception) -> LakeError:
    """The error that names the damaged file and the newest earlier version that can be read."""
    name = ".".join(identifier)
    current, previous = _recorded(catalog, identifier)
    if current is None:
        return LakeError(
            name, f"its metadata cannot be read: {first_line(fault)}", hint="restore it from a backup"
        )
    good = next((one for one in _earlier(current, previous) if _readable(catalog, one)), None)
    hint = f"restore {current} from a backup"
    if good is not None:
        hint += (
            f'; or set the table back to the version before by `Lake.restore("{name}", "{good}")`: what was committed '
            "since is read from the source again"
        )
    return LakeError(name, f"its metadata file {current} cannot be read: {first_line(fault)}", hint=hint)


def set_back(catalog: Catalog, identifier: Identifier, location: str) -> None:
    """Point a table at another of its metadata files. Raises LakeError where that cannot be read either."""
    name = ".".join(identifier)
    if not isinstance(catalog, SqlCatalog):
        raise LakeError(name, "only the server of a REST catalog can set a table back")
    if not _readable(catalog, location):
        raise LakeError(name, f"{location} is no metadata file that can be read")
    current, _ = _recorded(catalog, identifier)
    with Session(catalog.engine) as session:
        session.execute(
            update(IcebergTables)
            .where(_row(catalog, identifier))
            .values(metadata_location=location, previous_metadata_location=current)
        )
        session.commit()


def _recorded(catalog: Catalog, identifier: Identifier) -> tuple[str | None, str | None]:
    """The metadata files a SQL catalog knows: the current one and the one before."""
    if not isinstance(catalog, SqlCatalog):
        return None, None
    columns = IcebergTables.metadata_location, IcebergTables.previous_metadata_location
    with Session(catalog.engine) as session:
        row = session.execute(select(*columns).where(_row(catalog, identifier))).first()
    return (row[0], row[1]) if row else (None, None)


def _row(catalog: SqlCatalog, identifier: Identifier) -> ColumnElement[bool]:
    namespace, table = identifier
    return and_(
        IcebergTables.catalog_name == catalog.name,
        IcebergTables.table_namespace == namespace,
        IcebergTables.table_name == table,
    )


def _earlier(current: str, previous: str | None) -> list[str]:
    """Versions before the current one, newest first: what the catalog recorded, then what lies in a local folder."""
    path = Path(current)
    beside = sorted(path.parent.glob("*.metadata.json"), reverse=True) if path.is_absolute() else []
    found = [str(one) for one in beside if one.name < path.name]
    return [*([previous] if previous else []), *found]


def _readable(catalog: Catalog, location: str) -> bool:
    io = load_file_io(catalog.properties, location)
    try:
        FromInputFile.table_metadata(io.new_input(location))
    except UNREADABLE:
        return False
    return True
