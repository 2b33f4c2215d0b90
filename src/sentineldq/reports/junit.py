"""The result as JUnit XML, as CI servers read it: a suite per dataset, a case per check."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from sentineldq.checks.model import SEVERITIES, Outcome, Result, Severity
from sentineldq.reports import figures, summary

_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, production 2


def render(result: Result, *, fail_on: Severity = "INFO", samples: int = 5) -> str:
    """JUnit XML; a failing check of a severity below `fail_on` is a passing case that says so in its output.

    Status `error` is always an error. Characters that XML 1.0 cannot hold become U+FFFD. The time of a run is
    that of the suite: checks run in one pass and have no time of their own.
    """
    suite = ET.Element("testsuite", name=_legal(result.dataset))
    _properties(suite, result)
    for check in result.checks:
        _case(suite, result, check, fail_on=fail_on, samples=samples)
    if summary.found(result):
        ET.SubElement(suite, "system-out").text = _legal(_findings(result))
    totals = {
        "tests": str(len(result.checks)),
        "failures": str(len(suite.findall("testcase/failure"))),
        "errors": str(len(suite.findall("testcase/error"))),
        "skipped": str(len(suite.findall("testcase/skipped"))),
        "time": f"{result.duration_s:.3f}",
    }
    suite.attrib |= totals
    root = ET.Element("testsuites", {"name": "sentinel check"} | totals)
    root.append(suite)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _properties(suite: ET.Element, result: Result) -> None:
    facts = {
        "contract": result.contract,
        "contract_version": result.contract_version,
        "engine": result.engine,
        "rows": result.rows,
        "score": result.score,
        "passed": str(result.passed).lower(),
        "sentineldq": result.sentineldq,
    }
    properties = ET.SubElement(suite, "properties")
    for name, fact in facts.items():
        if fact not in {None, ""}:
            ET.SubElement(properties, "property", name=name, value=_legal(str(fact)))


def _case(suite: ET.Element, result: Result, check: Outcome, *, fail_on: Severity, samples: int) -> None:
    home = f"{result.dataset}.{check.column}" if check.column else result.dataset
    case = ET.SubElement(suite, "testcase", classname=_legal(home), name=_legal(check.name), time="0")
    head = _legal(_headline(check))
    counts = SEVERITIES.index(check.severity) >= SEVERITIES.index(fail_on)
    if check.status == "error":
        ET.SubElement(case, "error", type=_legal(check.kind), message=head).text = _legal(_details(check))
    elif check.status == "skip":
        ET.SubElement(case, "skipped", message=head)
    elif check.status == "fail" and counts:
        ET.SubElement(case, "failure", type=_legal(check.kind), message=head).text = _legal(_details(check))
    if check.status in {"fail", "warn"}:
        shown = [figures.sample(item, limit=200) for item in check.samples[:samples]]
        lines = [f"{check.status}: {_headline(check)}", *(f"sample: {text}" for text in shown)]
        ET.SubElement(case, "system-out").text = _legal("\n".join(lines))


def _headline(check: Outcome) -> str:
    """One line for lists of cases: what failed, how much of it, and why."""
    if check.message:
        return check.message
    counted = summary.counted(check)
    parts = [f"{counted} rows failed ({figures.share(check.failed_share)})"] if counted else []
    if check.expected:
        parts.append(f"expected {check.expected}")
    if check.observed is not None:
        parts.append(f"observed {figures.observation(check.observed, limit=200)}")
    return "; ".join(parts).replace(figures.NBSP, " ") or check.status


def _details(check: Outcome) -> str:
    facts = {
        "kind": check.kind,
        "column": check.column,
        "dimension": check.dimension,
        "severity": check.severity.lower(),
        "expected": check.expected,
        "observed": None if check.observed is None else figures.observation(check.observed, limit=200),
        "failed": summary.counted(check),
        "share": figures.share(check.failed_share) if check.failed_share is not None else None,
        "tolerates": summary.tolerated(check),
        "on violation": check.on_violation,
        "contract": check.origin,
        "fingerprint": check.fingerprint,
    }
    lines = [f"{name}: {fact}" for name, fact in facts.items() if fact]
    return "\n".join(lines).replace(figures.NBSP, " ")


def _findings(result: Result) -> str:
    total = summary.found(result)
    head = f"{figures.plural(total, 'fault')} in the file itself"
    lines = [f"{finding.type}: {summary.place(finding)}: {finding.message}" for finding in result.findings]
    return "\n".join([head, *lines])


def _legal(text: str) -> str:
    return _ILLEGAL.sub("\ufffd", text)
