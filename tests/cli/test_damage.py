"""A damaged or missing file of a table, met by every command that reads tables: named, with advice, exit code 3."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sentineldq.lake.open import open_lake

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: visits
version: 1.0.0
status: active
slaProperties:
  - {property: freshness, value: 9999, unit: d, element: visits.at}
schema:
  - name: visits
    properties:
      - {name: id, logicalType: integer, required: true}
      - {name: at, logicalType: timestamp}
"""
PROJECT = """\
name: site
pipelines:
  visits:
    contract: contracts/visits.odcs.yaml
    source: {kind: files, path: in}
"""
MODEL = 'SELECT CAST("at" AS DATE) AS day, count(*) AS visits FROM silver.visits GROUP BY ALL\n'
COMMANDS = {
    "status": ["status"],
    "freshness": ["freshness"],
    "doctor": ["doctor"],
    "ls": ["lake", "ls"],
    "show": ["lake", "show", "TABLE"],
    "history": ["lake", "history", "TABLE"],
    "compact": ["lake", "compact"],
    "expire": ["lake", "expire"],
    "orphans": ["lake", "orphans"],
    "list": ["quarantine", "list"],
    "replay": ["quarantine", "replay", "visits"],
    "run": ["run", "--once"],
}
KINDS = {"metadata": None, "list": "snap-*.avro", "manifest": "*-m0.avro", "data": "*.parquet"}


@pytest.fixture
def site(folder, sentinel):
    """A project that has run twice, and has new files to read."""
    (folder / "sentinel.yaml").write_text(PROJECT)
    for name, text in {
        "contracts/visits.odcs.yaml": CONTRACT,
        "gold/daily.sql": MODEL,
        "in/a.csv": "id,at\n1,2026-03-01T10:00:00Z\nx,2026-03-01T11:00:00Z\n",
    }.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    ran = sentinel("run", "--once")
    assert ran.code == 0, ran.out
    (folder / "in/b.csv").write_text("id,at\n1,2026-03-01T10:00:00Z\n2,2026-03-02T10:00:00Z\ny,\n")
    return folder


def damage(site: Path, table: str, kind: str, how: str) -> Path:
    """Damage the newest file of a kind."""
    with open_lake(warehouse=str(site / ".sentinel/lake")) as lake:
        found = lake.table(table)
        if kind == "metadata":
            path = Path(found.metadata_location)
        else:
            paths = Path(found.location()).rglob(KINDS[kind])
            path = max(paths, key=lambda one: one.stat().st_mtime_ns)
    content = path.read_bytes()
    middle = len(content) // 2
    path.unlink()
    if how != "gone":
        flipped = content[:middle] + bytes([content[middle] ^ 0x40]) + content[middle + 1 :]
        path.write_bytes({"flipped": flipped, "shortened": content[:middle], "empty": b""}[how])
    return path


SLOW = pytest.mark.slow


@pytest.mark.parametrize(
    "how", ["flipped", *(pytest.param(how, marks=SLOW) for how in ("shortened", "empty", "gone"))]
)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("table", ["silver.visits", pytest.param("quarantine.visits", marks=SLOW)])
def test_what_is_damaged_is_told_and_never_a_fault_of_ours(site, sentinel, table, kind, how):
    path = damage(site, table, kind, how)
    shutil.copytree(site / ".sentinel", site / "damaged")
    ended = {}
    for name, words in COMMANDS.items():
        shutil.rmtree(site / ".sentinel")
        shutil.copytree(site / "damaged", site / ".sentinel")
        ran = sentinel(*(table if word == "TABLE" else word for word in words))
        ended[name] = ran
        assert ran.code in {0, 1, 3}, (name, ran)
    if kind in {"list", "manifest"}:
        # A run adds to quarantine and reads no refusals of before, so it does not meet an older manifest of them.
        unread = table.startswith("quarantine") and kind == "manifest"
        for name in ("show", "doctor") if unread else ("show", "run", "doctor"):
            told = ended[name].out + ended[name].err
            assert ended[name].code == (1 if name == "doctor" else 3), (name, told)
            assert path.name in told.replace("\n", ""), (name, told)
        assert "restore it from a backup" in ended["show"].err
    if kind == "metadata" and how != "flipped":
        assert ended["ls"].code == 3
        assert path.name in ended["ls"].err
        assert "Lake.restore" in ended["ls"].err
