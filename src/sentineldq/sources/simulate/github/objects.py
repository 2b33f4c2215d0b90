"""The objects that payloads are made of, as templates; field by field what the API documents and sends."""

from __future__ import annotations

from typing import Any

from sentineldq.sources.simulate.github.template import template

API = "https://api.github.com"
WEB = "https://github.com"
_REPO = f"{API}/repos/%(name)s"
_ISSUE = f"{API}/repos/%(repo)s/issues/%(number)s"
_PULL = f"{API}/repos/%(repo)s/pulls/%(number)s"


def _urls(base: str, paths: str) -> dict[str, str]:
    """`word` gives `word_url` below the base; `word:path` where the path is another."""
    pairs = (part.partition(":") for part in paths.split())
    return {f"{name}_url": f"{base}/{path or name}" for name, _, path in pairs}


ACTOR = template(
    {
        "id": "=id",
        "login": "%(login)s",
        "display_login": "%(display)s",
        "gravatar_id": "",
        "url": f"{API}/users/%(login)s",
        "avatar_url": "https://avatars.githubusercontent.com/u/%(id)s?",
    }
)
ORG = template(
    {
        "id": "=id",
        "login": "%(login)s",
        "gravatar_id": "",
        "url": f"{API}/orgs/%(login)s",
        "avatar_url": "https://avatars.githubusercontent.com/u/%(id)s?",
    }
)
REPO = template({"id": "=id", "name": "%(name)s", "url": _REPO})
USER = template(
    {
        "login": "%(login)s",
        "id": "=id",
        "node_id": "%(node)s",
        "avatar_url": "https://avatars.githubusercontent.com/u/%(id)s?v=4",
        "gravatar_id": "",
        "url": f"{API}/users/%(path)s",
        "html_url": f"{WEB}/%(page)s",
        **_urls(
            f"{API}/users/%(path)s",
            "followers following:following{/other_user} gists:gists{/gist_id} starred:starred{/owner}{/repo} "
            "subscriptions organizations:orgs repos events:events{/privacy} received_events",
        ),
        "type": "%(kind)s",
        "user_view_type": "public",
        "site_admin": False,
    }
)
REPOSITORY = template(
    {
        "id": "=id",
        "node_id": "R_%(node)s",
        "name": "%(short)s",
        "full_name": "%(name)s",
        "private": False,
        "owner": "=owner",
        "html_url": f"{WEB}/%(name)s",
        "description": "=description",
        "fork": "=fork",
        "url": _REPO,
        **_urls(
            _REPO,
            "forks keys:keys{/key_id} collaborators:collaborators{/collaborator} teams hooks "
            "issue_events:issues/events{/number} events assignees:assignees{/user} "
            "branches:branches{/branch} tags blobs:git/blobs{/sha} git_tags:git/tags{/sha} "
            "git_refs:git/refs{/sha} trees:git/trees{/sha} statuses:statuses/{sha} languages stargazers "
            "contributors subscribers subscription commits:commits{/sha} git_commits:git/commits{/sha} "
            "comments:comments{/number} issue_comment:issues/comments{/number} contents:contents/{+path} "
            "compare:compare/{base}...{head} merges archive:{archive_format}{/ref} downloads "
            "issues:issues{/number} pulls:pulls{/number} milestones:milestones{/number} "
            "notifications:notifications{?since,all,participating} labels:labels{/name} "
            "releases:releases{/id} deployments",
        ),
        "created_at": "%(created)s",
        "updated_at": "%(updated)s",
        "pushed_at": "%(updated)s",
        "git_url": "git://github.com/%(name)s.git",
        "ssh_url": "git@github.com:%(name)s.git",
        "clone_url": f"{WEB}/%(name)s.git",
        "svn_url": f"{WEB}/%(name)s",
        "homepage": None,
        "size": "=size",
        "stargazers_count": "=stars",
        "watchers_count": "=stars",
        "language": "=language",
        "has_issues": True,
        "has_projects": True,
        "has_downloads": True,
        "has_wiki": True,
        "has_pages": False,
        "has_discussions": False,
        "forks_count": "=forks",
        "mirror_url": None,
        "archived": False,
        "disabled": False,
        "open_issues_count": "=issues",
        "license": "=license",
        "allow_forking": True,
        "is_template": False,
        "web_commit_signoff_required": False,
        "topics": "=topics",
        "visibility": "public",
        "forks": "=forks",
        "open_issues": "=issues",
        "watchers": "=stars",
        "default_branch": "%(branch)s",
    }
)
LABEL = template(
    {
        "id": "=id",
        "node_id": "LA_%(node)s",
        "url": f"{API}/repos/%(repo)s/labels/%(path)s",
        "name": "%(name)s",
        "color": "%(color)s",
        "default": False,
        "description": "=description",
    }
)
_REACTIONS: dict[str, Any] = {
    "total_count": "=reactions",
    "+1": "=reactions",
    **dict.fromkeys(("-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes"), 0),
}
ISSUE = template(
    {
        "url": _ISSUE,
        "repository_url": f"{API}/repos/%(repo)s",
        **_urls(_ISSUE, "labels:labels{/name} comments events"),
        "html_url": f"{WEB}/%(repo)s/%(page)s/%(number)s",
        "id": "=id",
        "node_id": "I_%(node)s",
        "number": "=number",
        "title": "%(title)s",
        "user": "=user",
        "labels": "=labels",
        "state": "%(state)s",
        "locked": False,
        "assignee": "=assignee",
        "assignees": "=assignees",
        "milestone": None,
        "comments": "=comments",
        "created_at": "%(created)s",
        "updated_at": "%(updated)s",
        "closed_at": "=closed",
        "author_association": "%(association)s",
        "active_lock_reason": None,
        "body": "=body",
        "reactions": {"url": f"{_ISSUE}/reactions", **_REACTIONS},
        "timeline_url": f"{_ISSUE}/timeline",
        "performed_via_github_app": None,
        "state_reason": "=reason",
    }
)
ISSUE_COMMENT = template(
    {
        "url": f"{API}/repos/%(repo)s/issues/comments/%(id)s",
        "html_url": f"{WEB}/%(repo)s/%(page)s/%(number)s#issuecomment-%(id)s",
        "issue_url": _ISSUE,
        "id": "=id",
        "node_id": "IC_%(node)s",
        "user": "=user",
        "created_at": "%(when)s",
        "updated_at": "%(when)s",
        "author_association": "%(association)s",
        "body": "%(body)s",
        "reactions": {"url": f"{API}/repos/%(repo)s/issues/comments/%(id)s/reactions", **_REACTIONS},
        "performed_via_github_app": None,
    }
)
COMMIT_COMMENT = template(
    {
        "url": f"{API}/repos/%(repo)s/comments/%(id)s",
        "html_url": f"{WEB}/%(repo)s/commit/%(sha)s#commitcomment-%(id)s",
        "id": "=id",
        "node_id": "CC_%(node)s",
        "user": "=user",
        "position": None,
        "line": None,
        "path": None,
        "commit_id": "%(sha)s",
        "created_at": "%(when)s",
        "updated_at": "%(when)s",
        "author_association": "%(association)s",
        "body": "%(body)s",
        "reactions": {"url": f"{API}/repos/%(repo)s/comments/%(id)s/reactions", **_REACTIONS},
    }
)
COMMIT = template(
    {
        "sha": "%(sha)s",
        "author": {"email": "%(email)s", "name": "%(author)s"},
        "message": "%(message)s",
        "distinct": "=distinct",
        "url": f"{API}/repos/%(repo)s/commits/%(sha)s",
    }
)
RELEASE = template(
    {
        "url": f"{API}/repos/%(repo)s/releases/%(id)s",
        "assets_url": f"{API}/repos/%(repo)s/releases/%(id)s/assets",
        "upload_url": "https://uploads.github.com/repos/%(repo)s/releases/%(id)s/assets{?name,label}",
        "html_url": f"{WEB}/%(repo)s/releases/tag/%(tag)s",
        "id": "=id",
        "author": "=user",
        "node_id": "RE_%(node)s",
        "tag_name": "%(tag)s",
        "target_commitish": "%(branch)s",
        "name": "%(tag)s",
        "draft": False,
        "immutable": False,
        "prerelease": "=prerelease",
        "created_at": "%(created)s",
        "updated_at": "%(when)s",
        "published_at": "%(when)s",
        "assets": [],
        "tarball_url": f"{API}/repos/%(repo)s/tarball/%(tag)s",
        "zipball_url": f"{API}/repos/%(repo)s/zipball/%(tag)s",
        "body": "%(body)s",
        "short_description_html": "<p>%(tag)s</p>",
        "is_short_description_html_truncated": False,
    }
)
PAGE = template(
    {
        "page_name": "%(page)s",
        "title": "%(page)s",
        "summary": None,
        "action": "%(action)s",
        "sha": "%(sha)s",
        "html_url": f"{WEB}/%(repo)s/wiki/%(page)s",
    }
)
DISCUSSION = template(
    {
        "repository_url": f"{API}/repos/%(repo)s",
        "category": {
            "id": 41236910,
            "node_id": "DIC_kwDOAx7Yac4CdTZO",
            "repository_id": "=repo_id",
            "emoji": ":bulb:",
            "name": "Ideas",
            "description": "Share ideas for new features",
            "created_at": "%(created)s",
            "updated_at": "%(created)s",
            "slug": "ideas",
            "is_answerable": False,
        },
        "answer_html_url": None,
        "answer_chosen_at": None,
        "answer_chosen_by": None,
        "html_url": f"{WEB}/%(repo)s/discussions/%(number)s",
        "id": "=id",
        "node_id": "D_%(node)s",
        "number": "=number",
        "title": "%(title)s",
        "user": "=user",
        "labels": [],
        "state": "open",
        "state_reason": None,
        "locked": False,
        "comments": 0,
        "created_at": "%(when)s",
        "updated_at": "%(when)s",
        "author_association": "%(association)s",
        "active_lock_reason": None,
        "body": "%(body)s",
        "reactions": {"url": f"{API}/repos/%(repo)s/discussions/%(number)s/reactions", **_REACTIONS},
        "timeline_url": f"{API}/repos/%(repo)s/discussions/%(number)s/timeline",
    }
)
REVIEW = template(
    {
        "id": "=id",
        "node_id": "PRR_%(node)s",
        "user": "=user",
        "body": "=body",
        "commit_id": "%(sha)s",
        "submitted_at": "%(when)s",
        "state": "%(state)s",
        "html_url": f"{WEB}/%(repo)s/pull/%(number)s#pullrequestreview-%(id)s",
        "pull_request_url": _PULL,
        "author_association": "%(association)s",
        "_links": {
            "html": {"href": f"{WEB}/%(repo)s/pull/%(number)s#pullrequestreview-%(id)s"},
            "pull_request": {"href": _PULL},
        },
    }
)
REVIEW_COMMENT = template(
    {
        "url": f"{API}/repos/%(repo)s/pulls/comments/%(id)s",
        "pull_request_review_id": "=review",
        "id": "=id",
        "node_id": "PRRC_%(node)s",
        "diff_hunk": "%(hunk)s",
        "path": "%(path)s",
        "commit_id": "%(sha)s",
        "original_commit_id": "%(sha)s",
        "user": "=user",
        "body": "%(body)s",
        "created_at": "%(when)s",
        "updated_at": "%(when)s",
        "html_url": f"{WEB}/%(repo)s/pull/%(number)s#discussion_r%(id)s",
        "pull_request_url": _PULL,
        "author_association": "%(association)s",
        "_links": {
            "self": {"href": f"{API}/repos/%(repo)s/pulls/comments/%(id)s"},
            "html": {"href": f"{WEB}/%(repo)s/pull/%(number)s#discussion_r%(id)s"},
            "pull_request": {"href": _PULL},
        },
        "reactions": {"url": f"{API}/repos/%(repo)s/pulls/comments/%(id)s/reactions", **_REACTIONS},
        "start_line": None,
        "original_start_line": None,
        "start_side": None,
        "line": "=line",
        "original_line": "=line",
        "side": "RIGHT",
        "original_position": "=line",
        "position": "=line",
        "subject_type": "line",
    }
)
