"""The anomaly detector on the Numenta Anomaly Benchmark: one configuration for all files, and no peeking ahead.

    python benchmarks/nab.py [FOLDER] [--json]

FOLDER holds NAB's `data/GROUP/FILE.csv`, `labels/combined_windows.json` and (or our own copy is taken) `profiles.json`;
by default it is `nab` in the public corpora that SENTINEL_SHARED names. All the files found count. What is scored is
`Verdict.alert`, point by point in file order, by detectors with default settings. As for all published detectors, the
one thing chosen with the labels is the threshold: one for all files of a profile. The second number takes the threshold
for each group of files from the other groups alone, the third for each file from the other files alone.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from nabscore import PROFILES, Profile, Series, at, optimum

from sentineldq.monitors.anomaly import Point, Settings, detect

SHARED = Path(os.environ.get("SENTINEL_SHARED") or Path(__file__).parents[2] / "shared") / "data"


class File(NamedTuple):
    """A labelled file: its points, and its windows as indices of first and last point."""

    name: str
    points: list[Point]
    windows: list[tuple[int, int]]

    @property
    def group(self) -> str:
        return self.name.split("/")[0]


def files(folder: Path) -> Iterator[File]:
    """The labelled files that are there."""
    labels = json.loads((folder / "labels" / "combined_windows.json").read_text())
    for name, windows in sorted(labels.items()):
        path = folder / "data" / name
        if path.is_file():
            with path.open(newline="") as lines:
                rows = list(csv.reader(lines))[1:]
            times = [datetime.fromisoformat(row[0]) for row in rows]
            points = [Point(when, float(row[1])) for when, row in zip(times, rows, strict=True)]
            yield File(name, points, [(place(times, first), place(times, last)) for first, last in windows])


def place(times: list[datetime], label: str) -> int:
    """The first point at the time of a label (whose fraction of a second the files leave out), or the next one."""
    at = datetime.fromisoformat(label).replace(microsecond=0)
    return times.index(at) if at in times else next(index for index, one in enumerate(times) if one > at)


def profiles(folder: Path) -> dict[str, Profile]:
    """The weights of the folder's own profiles.json, or those of the benchmark."""
    path = folder / "profiles.json"
    if not path.is_file():
        return PROFILES
    weights = {name: one["CostMatrix"] for name, one in json.loads(path.read_text()).items()}
    return {name: Profile(one["tpWeight"], one["fpWeight"], one["fnWeight"]) for name, one in weights.items()}


def scored(file: File) -> Series:
    """A file as the detector sees it."""
    verdicts = detect(file.points, settings=Settings())
    return Series(file.name, [one.alert for one in verdicts], file.windows)


def raw(series: list[Series], profile: Profile, threshold: float) -> tuple[float, float]:
    """What the files earn above silence, and what they could."""
    whole = sum(len(one.windows) for one in series) * (profile.tp + profile.fn)
    score = at(series, profile, threshold).score
    return (score * whole / 100 if whole else score), whole


def crossed(series: list[Series], profile: Profile, part: Callable[[Series], str]) -> float:
    """The score with the threshold for each part taken from all other parts."""
    earned = possible = 0.0
    for name in sorted({part(one) for one in series}):
        inside = [one for one in series if part(one) == name]
        outside = [one for one in series if part(one) != name]
        got, whole = raw(inside, profile, optimum(outside, profile).threshold)
        earned, possible = earned + got, possible + whole
    return 100 * earned / possible


def report(folder: Path) -> dict[str, object]:
    """All numbers, for `--json`."""
    found = list(files(folder))
    start = time.process_time()
    series = [scored(file) for file in found]
    seconds = time.process_time() - start
    points = sum(len(file.points) for file in found)
    result: dict[str, object] = {
        "files": len(found),
        "windows": sum(len(file.windows) for file in found),
        "points": points,
        "microseconds_per_point": round(seconds / points * 1e6, 1),
    }
    for name, profile in profiles(folder).items():
        best = optimum(series, profile)
        result[name] = {
            "score": round(best.score, 1),
            "threshold": round(best.threshold, 4),
            "windows_found": best.found,
            "false_detections": best.false,
            "threshold_from_other_groups": round(
                crossed(series, profile, lambda one: one.name.split("/")[0]), 1
            ),
            "threshold_from_other_files": round(crossed(series, profile, lambda one: one.name), 1),
        }
    standard = profiles(folder)["standard"]
    threshold = optimum(series, standard).threshold
    result["by_file"] = {one.name: by_file(one, standard, threshold) for one in series}
    return result


def by_file(one: Series, profile: Profile, threshold: float) -> dict[str, float]:
    """What one file earns: 1 for each window found at its start, -1 for each missed, less for false detections."""
    result = at([one], profile, threshold)
    earned, _ = raw([one], profile, threshold)
    silence = profile.fn * len(one.windows)
    return {
        "score": round(earned - silence, 2),
        "found": result.found,
        "of": len(one.windows),
        "false": result.false,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="The anomaly detector on the Numenta Anomaly Benchmark.")
    parser.add_argument("folder", nargs="?", type=Path, default=SHARED / "nab")
    parser.add_argument("--json", action="store_true", help="all numbers as JSON")
    options = parser.parse_args()
    if not (options.folder / "labels" / "combined_windows.json").is_file():
        parser.error(
            f"no labels/combined_windows.json in {options.folder}; give NAB's folder, or set SENTINEL_SHARED"
        )
    result = report(options.folder)
    if options.json:
        print(json.dumps(result, indent=2))
        return
    print("{files} files, {windows} windows, {points:,} points".format_map(result))
    print("{microseconds_per_point} microseconds per point\n".format_map(result))
    for name, one in result["by_file"].items():  # type: ignore[attr-defined]
        print(f"{name:60} {one['score']:6.2f}  {one['found']} of {one['of']} found, {one['false']} false")
    print(f"\n{'profile':22}score  threshold from other groups  from other files")
    for name in profiles(options.folder):
        one = result[name]
        others = (one[f"threshold_from_other_{part}"] for part in ("groups", "files"))  # type: ignore[index]
        print(f"{name:22}{one['score']:5}  {next(others):27}  {next(others):16}")  # type: ignore[index]


if __name__ == "__main__":
    main()
