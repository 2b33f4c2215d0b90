"""Spark sends back the profile that the rows have here."""

import pytest

from sentineldq.profiles.build import profile
from sentineldq.profiles.plan import Plan
from sentineldq.profiles.scan import profile_file
from tests.profiles.frames import mixed
from tests.profiles.test_merge import same

pytestmark = pytest.mark.spark
PLAN = Plan(key=("id",), entities=("kind",), event="at", hidden=frozenset({"name"}))


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    path = tmp_path_factory.mktemp("profiles") / "data.parquet"
    mixed(6000).write_parquet(path)
    return path


def test_partitions_merge_to_the_local_profile(spark, stored):
    frame = spark.read.parquet(str(stored)).repartition(5)
    same(profile_file(frame, plan=PLAN), profile(mixed(6000), plan=PLAN), close=1e-6)


def test_a_frame_without_rows_has_its_columns(spark, stored):
    found = profile_file(spark.read.parquet(str(stored)).where("id < 0"), plan=PLAN)
    assert found.rows == 0
    assert "inner.level" in found.columns
