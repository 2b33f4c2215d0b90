"""Profiles as bytes: `SDQP`, one byte of version, and one zstd frame of MessagePack.

The layout is written down in docs/concepts/profiles.md. Columns are decoded when they are first looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import msgspec
import zstandard

from sentineldq.errors import ProfileError
from sentineldq.profiles import distinct, quantiles
from sentineldq.profiles.frequent import Frequent
from sentineldq.profiles.model import VERSION, Column, Columns, Profile
from sentineldq.profiles.pairs import Pairs
from sentineldq.profiles.threads import THREADS

MAGIC = b"SDQP"
LARGEST = 1 << 28
"""Bytes that a profile may unpack to."""

LEAST = 16
"""Profiles that are worth a thread."""

_LEVEL = 3
_HINT = "profile the data again"


class Body(msgspec.Struct, frozen=True, array_like=True):
    """The frame's content; `columns` are the bytes (MessagePack, too) of each Column, in the order of the schema.

    Raw, and no memoryview: the garbage collector does not look at it, and a week's drift holds 10,000 of them.
    """

    rows: int
    keyed: int
    keys: bytes | None
    entities: dict[str, Frequent]
    pairs: Pairs | None
    span: tuple[int, int] | None
    columns: dict[str, msgspec.Raw]


_ENCODER = msgspec.msgpack.Encoder()
_BODY = msgspec.msgpack.Decoder(Body)
_INNER = msgspec.msgpack.Decoder(memoryview)
_COLUMN = msgspec.msgpack.Decoder(Column)


def encode(profile: Profile) -> bytes:
    """The bytes of a profile."""
    body = Body(
        rows=profile.rows,
        keyed=profile.keyed,
        keys=profile.keys.image if profile.keys else None,
        entities={path: _settled(entity) for path, entity in profile.entities.items()},
        pairs=profile.pairs,
        span=profile.span,
        columns={
            path: msgspec.Raw(_ENCODER.encode(_ENCODER.encode(_alone(column))))
            for path, column in profile.columns.items()
        },
    )
    packed = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True).compress(_ENCODER.encode(body))
    return MAGIC + bytes([VERSION]) + packed


def decode(data: bytes) -> Profile:
    """The profile in bytes. Raises ProfileError where they are none, damaged, or of a newer version."""
    if data[:4] != MAGIC or len(data) < 5:
        raise ProfileError("these bytes are no profile", hint=_HINT)
    if data[4] != VERSION:
        raise ProfileError(
            f"the profile is of version {data[4]}, known here is {VERSION}", hint="a newer sentinel reads it"
        )
    try:
        frame = data[5:]
        size = zstandard.frame_content_size(frame)
        if not 0 <= size <= LARGEST:
            raise ProfileError(f"the profile is damaged: it claims to hold {size} bytes", hint=_HINT)
        body = _BODY.decode(zstandard.ZstdDecompressor().decompress(frame))
    except (zstandard.ZstdError, msgspec.MsgspecError, UnicodeDecodeError) as fault:
        raise ProfileError(f"the profile is damaged: {fault}", hint=_HINT) from fault
    return Profile(
        version=data[4],
        rows=body.rows,
        columns=Columns(body.columns, partial(_column, body.columns)),
        keys=distinct.of_image(body.keys) if body.keys else None,
        keyed=body.keyed,
        entities=body.entities,
        pairs=body.pairs,
        span=body.span,
    )


def decode_all(contents: Sequence[bytes]) -> list[Profile]:
    """The profiles in many bytes, unpacked by several threads. Raises ProfileError, as decode does."""
    step = max(LEAST, -(-len(contents) // THREADS))
    if len(contents) <= step:
        return [decode(content) for content in contents]
    parts = [contents[start : start + step] for start in range(0, len(contents), step)]
    with ThreadPoolExecutor(len(parts)) as pool:
        return [
            found for part in pool.map(lambda part: [decode(one) for one in part], parts) for found in part
        ]


def _column(raws: Mapping[str, msgspec.Raw], path: str) -> Column:
    try:
        return _COLUMN.decode(_INNER.decode(raws[path]))
    except (msgspec.MsgspecError, UnicodeDecodeError) as fault:
        raise ProfileError(f"the profile is damaged: {fault}", hint=_HINT) from fault


def _alone(column: Column) -> Column:
    """A column whose sketches are of one part each."""
    return msgspec.structs.replace(
        column,
        distinct=distinct.of_image(column.distinct.image) if column.distinct else None,
        quantiles=quantiles.of_image(column.quantiles.image) if column.quantiles else None,
        frequent=_settled(column.frequent) if column.frequent else None,
        length_quantiles=quantiles.of_image(column.length_quantiles.image)
        if column.length_quantiles
        else None,
        patterns=_settled(column.patterns) if column.patterns else None,
        words=_settled(column.words) if column.words else None,
    )


def _settled(found: Frequent) -> Frequent:
    return Frequent((found.table,), found.kept)
