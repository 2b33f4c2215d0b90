"""A detector of one's own is one function by entry point, beside the built-in ones."""

from __future__ import annotations

import subprocess
import sys

import pytest

from sentineldq.drift.registry import BUILT_IN, find, names
from sentineldq.errors import UsageError

PLUGIN = '''
from sentineldq.drift.model import Test


def median_shift(baseline, current, settings):
    """How far the median moved, in the baseline's deviations."""
    before, after = (side.quantiles.at([0.5])[0] for side in (baseline, current))
    effect = abs(after - before) / baseline.moments.deviation
    return [Test(field_name=baseline.path, metric_name="median", statistic=after - before, effect=effect,
                 threshold=0.5, message=f"the median moved from {before:.1f} to {after:.1f}")]
'''
USE = """
import polars as pl
from sentineldq.drift.compare import compare
from sentineldq.drift.settings import settings_of
from sentineldq.profiles.build import profile

settings = settings_of({"targets": [{"tests": {"number": ["median"]}, "kinds": ["distribution"]}]})
a, b = (profile(pl.DataFrame({"x": [n / 7 + shift for n in range(100)]})) for shift in (0, 3))
for drift in compare(a, b, settings=settings).drifts:
    print(drift.metric_name, drift.severity, drift.message)
"""


def test_a_detector_of_another_package_is_found(tmp_path):
    (tmp_path / "ours.py").write_text(PLUGIN)
    info = tmp_path / "ours-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: ours\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[sentineldq.detectors]\nmedian = ours:median_shift\n")
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n{USE}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.stdout == "median INFO x: the median moved from 7.0 to 10.0\n"


@pytest.mark.parametrize("name", sorted(BUILT_IN))
def test_built_in_detectors_are_functions_with_a_docstring(name):
    assert find(name).__doc__
    assert name in names()


def test_an_unknown_detector_is_refused():
    with pytest.raises(UsageError, match="did you mean 'wasserstein'"):
        find("waserstein")
