"""Pull requests: whole, as the API sent them until October 2025, or trimmed to what it sends since."""

from __future__ import annotations

from typing import Any

from sentineldq.sources.simulate.github.objects import API, WEB
from sentineldq.sources.simulate.github.template import template

_PULL = f"{API}/repos/%(repo)s/pulls/%(number)s"
_ISSUE = f"{API}/repos/%(repo)s/issues/%(number)s"
_STATUSES = f"{API}/repos/%(repo)s/statuses/%(head_sha)s"


def _side(side: str) -> dict[str, Any]:
    return {
        "label": f"%({side}_owner)s:%({side}_ref)s",
        "ref": f"%({side}_ref)s",
        "sha": f"%({side}_sha)s",
        "user": f"={side}_user",
        "repo": f"={side}_repo",
    }


_WHOLE: dict[str, Any] = {
    "url": _PULL,
    "id": "=id",
    "node_id": "PR_%(node)s",
    "html_url": f"{WEB}/%(repo)s/pull/%(number)s",
    "diff_url": f"{WEB}/%(repo)s/pull/%(number)s.diff",
    "patch_url": f"{WEB}/%(repo)s/pull/%(number)s.patch",
    "issue_url": _ISSUE,
    "number": "=number",
    "state": "%(state)s",
    "locked": False,
    "title": "%(title)s",
    "user": "=user",
    "body": "=body",
    "created_at": "%(created)s",
    "updated_at": "%(when)s",
    "closed_at": "=closed",
    "merged_at": "=merged_at",
    "merge_commit_sha": "%(merge_sha)s",
    "assignee": None,
    "assignees": [],
    "requested_reviewers": [],
    "requested_teams": [],
    "labels": "=labels",
    "milestone": None,
    "draft": False,
    "commits_url": f"{_PULL}/commits",
    "review_comments_url": f"{_PULL}/comments",
    "review_comment_url": f"{API}/repos/%(repo)s/pulls/comments{{/number}}",
    "comments_url": f"{_ISSUE}/comments",
    "statuses_url": _STATUSES,
    "head": _side("head"),
    "base": _side("base"),
    "_links": {
        "self": {"href": _PULL},
        "html": {"href": f"{WEB}/%(repo)s/pull/%(number)s"},
        "issue": {"href": _ISSUE},
        "comments": {"href": f"{_ISSUE}/comments"},
        "review_comments": {"href": f"{_PULL}/comments"},
        "review_comment": {"href": f"{API}/repos/%(repo)s/pulls/comments{{/number}}"},
        "commits": {"href": f"{_PULL}/commits"},
        "statuses": {"href": _STATUSES},
    },
    "author_association": "%(association)s",
    "auto_merge": None,
    "active_lock_reason": None,
}
REVIEWED = template(_WHOLE)
CHANGED = template(
    _WHOLE
    | {
        "merged": "=merged",
        "mergeable": None,
        "rebaseable": None,
        "mergeable_state": "unknown",
        "merged_by": "=merged_by",
        "comments": "=comments",
        "review_comments": 0,
        "maintainer_can_modify": False,
        "commits": "=commits",
        "additions": "=additions",
        "deletions": "=deletions",
        "changed_files": "=files",
    }
)


def _end(side: str) -> dict[str, Any]:
    return {"ref": f"%({side}_ref)s", "sha": f"%({side}_sha)s", "repo": f"={side}_repo"}


TRIMMED = template(
    {"url": _PULL, "id": "=id", "number": "=number", "head": _end("head"), "base": _end("base")}
)
TRIMMED_REPO = template({"id": "=id", "url": f"{API}/repos/%(name)s", "name": "%(short)s"})
