"""Profiles on Spark: every partition sends back one, and the driver merges them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa

from sentineldq.errors import EngineError, MissingExtraError, first_line
from sentineldq.profiles.build import Builder, profile
from sentineldq.profiles.codec import decode, encode
from sentineldq.profiles.merge import merge
from sentineldq.profiles.model import Profile
from sentineldq.profiles.plan import Plan

try:
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.sql import DataFrame
    from pyspark.sql.pandas.types import to_arrow_schema
except ImportError:
    raise MissingExtraError("pyspark", extra="spark", purpose="a profile on Spark") from None


def profile_spark(dataframe: DataFrame, *, plan: Plan | None = None) -> Profile:
    """The profile of a Spark frame, equal to that of its rows profiled here.

    The data stays on the executors, which need sentineldq installed. Raises EngineError.
    """
    wanted = plan or Plan()

    def of_partition(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        builder = Builder(wanted)
        for batch in batches:
            builder.add(batch)
        yield pa.RecordBatch.from_pydict({"profile": pa.array([encode(builder.done())], pa.binary())})

    try:
        rows: list[Any] = dataframe.mapInArrow(of_partition, "profile binary").collect()
        schema = to_arrow_schema(dataframe.schema, timezone="UTC")
    except (PySparkException, Py4JError) as fault:
        raise EngineError(f"spark: {first_line(fault)}") from fault
    return merge([profile(schema.empty_table(), plan=wanted), *(decode(bytes(row.profile)) for row in rows)])
