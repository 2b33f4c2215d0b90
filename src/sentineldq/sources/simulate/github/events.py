"""One function for each type of event: who did it, where, and the payload as JSON."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from sentineldq.sources.simulate.clock import iso
from sentineldq.sources.simulate.github import objects, pull
from sentineldq.sources.simulate.github.template import quote
from sentineldq.sources.simulate.github.text import body, branch, label, message, title
from sentineldq.sources.simulate.github.world import Person, Repo, World

ASSOCIATIONS = ("NONE", "NONE", "CONTRIBUTOR", "MEMBER", "OWNER", "COLLABORATOR")
HUNK = (
    "@@ -%d,7 +%d,9 @@ def load(path):\\n     with open(path) as file:\\n"
    "-        return file.read()\\n+        return parse(file)\\n"
)


@dataclass(frozen=True, slots=True)
class Scene:
    """What a payload is made of: the world, this block's random numbers, the time, and the number of the event."""

    world: World
    random: Random
    time: float
    number: int

    def key(self) -> int:
        """Id of a new thing; grows with the events."""
        return 2_000_000_000 + self.number * 3 + self.random.randrange(3)

    def sha(self) -> str:
        """Hash of a commit."""
        return f"{self.random.getrandbits(160):040x}"

    def past(self, days: float) -> str:
        """A time before now, the nearer the likelier."""
        return iso(self.time - self.random.expovariate(1 / (days * 86400)))


Event = tuple[Person, Repo, str]
Maker = Callable[[Scene], Event]


def owned(scene: Scene, *, bots: float = 0.0, own: float = 0.75) -> tuple[Person, Repo]:
    """Somebody and a repository that is theirs (or is one that many work on); bots work in others' repositories."""
    world, random = scene.world, scene.random
    rank = world.anybody(random)
    repo = world.mine(rank, random) if random.random() < own else world.anything(random)
    return (world.bot(random) if random.random() < bots else world.person(rank)), repo


def push(scene: Scene) -> Event:
    random = scene.random
    actor, repo = owned(scene, bots=0.24, own=0.8)
    head, ref = scene.sha(), repo.branch if random.random() < 0.72 else branch(random)
    start = f'{{"repository_id":{repo.id},"push_id":{scene.number * 5 + 22_000_000_000}'
    end = f'"ref":"refs/heads/{ref}","head":"{head}","before":"{scene.sha()}"'
    if scene.world.trimmed:
        return actor, repo, f"{start},{end}}}"
    size = 1 if random.random() < 0.84 else min(1 + int(random.paretovariate(1.0)), 1000)
    distinct = size if random.random() < 0.9 else random.randrange(size + 1)
    listed = min(size, 20)
    commits = ",".join(
        _commit(
            scene,
            actor,
            repo,
            head if place == listed - 1 else scene.sha(),
            distinct=size - place <= distinct,
        )
        for place in range(listed)
    )
    return actor, repo, f'{start},"size":{size},"distinct_size":{distinct},{end},"commits":[{commits}]}}'


def _commit(scene: Scene, actor: Person, repo: Repo, sha: str, *, distinct: bool) -> str:
    return objects.COMMIT % {
        "sha": sha,
        "email": f"{actor.id}+{actor.display}@users.noreply.github.com",
        "author": actor.display,
        "message": message(scene.random),
        "distinct": "true" if distinct else "false",
        "repo": repo.name,
    }


def create(scene: Scene) -> Event:
    random = scene.random
    actor, repo = owned(scene, bots=0.15)
    draw = random.random()
    kind = "branch" if draw < 0.7 else "repository" if draw < 0.92 else "tag"
    name = {"branch": branch, "repository": lambda _: None, "tag": _tag}[kind](random)
    heads = {"branch": "refs/heads/", "tag": "refs/tags/"}.get(kind, "")
    full = quote(heads + (name or repo.branch)) if kind != "repository" else quote(repo.branch)
    text = quote(body(random, mean=0.3)) if random.random() < 0.3 else "null"
    return (
        actor,
        repo,
        (
            f'{{"ref":{quote(name)},"ref_type":"{kind}","full_ref":{full},"master_branch":"{repo.branch}",'
            f'"description":{text},"pusher_type":"user"}}'
        ),
    )


def delete(scene: Scene) -> Event:
    actor, repo = owned(scene, bots=0.3, own=0.4)
    kind, name = (
        ("branch", branch(scene.random)) if scene.random.random() < 0.95 else ("tag", _tag(scene.random))
    )
    full = f"refs/{'heads' if kind == 'branch' else 'tags'}/{name}"
    return actor, repo, f'{{"ref":"{name}","ref_type":"{kind}","full_ref":"{full}","pusher_type":"user"}}'


def watch(scene: Scene) -> Event:
    person = scene.world.person(scene.world.anybody(scene.random))
    return person, scene.world.anything(scene.random), '{"action":"started"}'


def fork(scene: Scene) -> Event:
    world = scene.world
    rank, repo = world.anybody(scene.random), world.anything(scene.random)
    action = '"action":"forked",' if world.trimmed else ""
    return world.person(rank), repo, f'{{{action}"forkee":{world.fork(repo, rank).full}}}'


def public(scene: Scene) -> Event:
    return *owned(scene, own=1.0), "{}"


def member(scene: Scene) -> Event:
    world = scene.world
    guest = world.person(world.anybody(scene.random))
    return *owned(scene, own=1.0), f'{{"member":{guest.user},"action":"added"}}'


def gollum(scene: Scene) -> Event:
    random = scene.random
    actor, repo = owned(scene, own=0.6)
    pages = ",".join(
        objects.PAGE
        % {
            "page": random.choice(("Home", "Installation", "FAQ", "Architecture", "Über-uns")),
            "action": "created" if random.random() < 0.3 else "edited",
            "sha": scene.sha(),
            "repo": repo.name,
        }
        for _ in range(1 if random.random() < 0.85 else random.randrange(2, 6))
    )
    return actor, repo, f'{{"pages":[{pages}]}}'


def release(scene: Scene) -> Event:
    random = scene.random
    actor, repo = owned(scene, bots=0.45, own=0.5)
    number, tag = scene.key(), _tag(random)
    return (
        actor,
        repo,
        '{"action":"published","release":%s}'
        % (
            objects.RELEASE
            % {
                "repo": repo.name,
                "id": number,
                "node": f"kwDO{number:x}",
                "user": actor.user,
                "tag": tag,
                "branch": repo.branch,
                "prerelease": "true" if random.random() < 0.1 else "false",
                "created": scene.past(0.1),
                "when": iso(scene.time),
                "body": body(random, mean=5.0),
            }
        ),
    )


def commit_comment(scene: Scene) -> Event:
    actor, repo = owned(scene, bots=0.4, own=0.3)
    comment = objects.COMMIT_COMMENT % (_remark(scene, actor, repo, kind="CC") | {"sha": scene.sha()})
    action = '"action":"created",' if scene.world.trimmed else ""
    return actor, repo, f'{{{action}"comment":{comment}}}'


def discussion(scene: Scene) -> Event:
    actor, repo = owned(scene, own=0.05)
    values = _remark(scene, actor, repo, kind="D") | {
        "repo_id": repo.id,
        "created": scene.past(400),
        "number": scene.random.randrange(1, 9000),
        "title": title(scene.random),
    }
    return actor, repo, f'{{"action":"created","discussion":{objects.DISCUSSION % values}}}'


def issues(scene: Scene) -> Event:
    random = scene.random
    actor, repo = owned(scene, bots=0.12, own=0.3)
    draw = random.random()
    action = "opened" if draw < 0.5 else "closed" if draw < 0.95 else "reopened"
    return actor, repo, f'{{"action":"{action}","issue":{_issue(scene, repo, actor, action)}}}'


def issue_comment(scene: Scene) -> Event:
    random = scene.random
    actor, repo = owned(scene, bots=0.35, own=0.15)
    author = scene.world.person(scene.world.anybody(random))
    number, page = random.randrange(1, 20_000), "pull" if random.random() < 0.55 else "issues"
    issue = _issue(scene, repo, author, "commented", number=number, page=page)
    remark = _remark(scene, actor, repo, kind="IC") | {"number": number, "page": page}
    comment = objects.ISSUE_COMMENT % remark
    return actor, repo, f'{{"action":"created","issue":{issue},"comment":{comment}}}'


def pull_request(scene: Scene) -> Event:
    random = scene.random
    actor, repo = owned(scene, bots=0.3, own=0.35)
    number, draw = random.randrange(1, 20_000), random.random()
    action = "opened" if draw < 0.5 else "closed" if draw < 0.97 else "reopened"
    merged = action == "closed" and random.random() < 0.8
    request = _pull(scene, repo, actor, number=number, action=action, merged_by=actor if merged else None)
    return actor, repo, f'{{"action":"{action}","number":{number},"pull_request":{request}}}'


def review(scene: Scene) -> Event:
    random = scene.random
    actor, repo = owned(scene, bots=0.2, own=0.05)
    author, number = scene.world.person(scene.world.anybody(random)), random.randrange(1, 20_000)
    state = random.choice(("approved", "approved", "commented", "commented", "changes_requested"))
    note = objects.REVIEW % (
        _remark(scene, actor, repo, kind="PRR")
        | {
            "body": "null" if state == "approved" else quote(body(random)),
            "sha": scene.sha(),
            "state": state,
            "number": number,
        }
    )
    request = _pull(scene, repo, author, number=number, action="reviewed")
    return actor, repo, f'{{"action":"created","review":{note},"pull_request":{request}}}'


def review_comment(scene: Scene) -> Event:
    random = scene.random
    actor, repo = owned(scene, bots=0.3, own=0.05)
    author, number = scene.world.person(scene.world.anybody(random)), random.randrange(1, 20_000)
    line = random.randrange(1, 600)
    comment = objects.REVIEW_COMMENT % (
        _remark(scene, actor, repo, kind="PRRC")
        | {
            "review": scene.key() + 500_000_000,
            "hunk": HUNK % (line, line),
            "path": f"src/{repo.short}/module_{random.randrange(40)}.py",
            "sha": scene.sha(),
            "number": number,
            "line": line,
        }
    )
    request = _pull(scene, repo, author, number=number, action="reviewed")
    return actor, repo, f'{{"action":"created","comment":{comment},"pull_request":{request}}}'


def _tag(random: Random) -> str:
    return f"v{random.randrange(9)}.{random.randrange(30)}.{random.randrange(20)}"


def _remark(scene: Scene, actor: Person, repo: Repo, *, kind: str) -> dict[str, object]:
    """What all kinds of comment have."""
    number = scene.key()
    return {
        "repo": repo.name,
        "id": number,
        "node": f"kwDO{kind}{number:x}",
        "user": actor.user,
        "when": iso(scene.time),
        "association": scene.random.choice(ASSOCIATIONS),
        "body": body(scene.random),
        "reactions": 0 if scene.random.random() < 0.9 else scene.random.randrange(1, 9),
    }


def _labels(scene: Scene, repo: Repo) -> str:
    if scene.random.random() < 0.65:
        return "[]"
    name, color, description = label(scene.random)
    values = {
        "id": repo.id * 10 + len(name),
        "node": f"kwDO{repo.id:x}",
        "repo": repo.name,
        "path": name.replace(" ", "%20"),
        "name": name,
        "color": color,
        "description": quote(description),
    }
    return f"[{objects.LABEL % values}]"


def _issue(
    scene: Scene, repo: Repo, author: Person, action: str, *, number: int | None = None, page: str = "issues"
) -> str:
    random = scene.random
    now, closed = iso(scene.time), action == "closed"
    helper = scene.world.person(scene.world.anybody(random)).user if random.random() < 0.15 else None
    values = _remark(scene, author, repo, kind="I") | {
        "number": number or random.randrange(1, 20_000),
        "page": page,
        "title": title(random),
        "labels": _labels(scene, repo),
        "state": "closed" if closed else "open",
        "assignee": helper or "null",
        "assignees": f"[{helper or ''}]",
        "comments": int(random.paretovariate(1.1)) - 1,
        "created": now if action == "opened" else scene.past(40),
        "updated": now,
        "closed": quote(now if closed else None),
        "body": quote(body(random, mean=4.0)) if random.random() < 0.88 else "null",
        "reason": '"completed"' if closed else "null",
    }
    return objects.ISSUE % values


def _pull(
    scene: Scene, repo: Repo, author: Person, *, number: int, action: str, merged_by: Person | None = None
) -> str:
    random, trimmed = scene.random, scene.world.trimmed
    head = scene.world.fork(repo, scene.world.anybody(random)) if random.random() < 0.25 else repo
    base_repo, head_repo = (repo.trimmed, head.trimmed) if trimmed else (repo.full, head.full)
    key = scene.key()
    sides = {
        "repo": repo.name,
        "id": key,
        "number": number,
        "head_ref": branch(random),
        "head_sha": scene.sha(),
        "head_repo": head_repo,
        "base_ref": repo.branch,
        "base_sha": scene.sha(),
        "base_repo": base_repo,
    }
    if trimmed:
        return pull.TRIMMED % sides
    now, closed = iso(scene.time), action == "closed"
    values = sides | {
        "node": f"kwDO{key:x}",
        "state": "closed" if closed else "open",
        "title": title(random),
        "user": author.user,
        "body": quote(body(random, mean=4.0)) if random.random() < 0.85 else "null",
        "created": now if action == "opened" else scene.past(6),
        "when": now,
        "closed": quote(now if closed else None),
        "merged_at": quote(now if merged_by else None),
        "merge_sha": scene.sha(),
        "labels": _labels(scene, repo),
        "head_owner": head.owner.login,
        "head_user": head.owner.user,
        "base_owner": repo.owner.login,
        "base_user": repo.owner.user,
        "association": random.choice(ASSOCIATIONS),
        "merged": "true" if merged_by else "false",
        "merged_by": merged_by.user if merged_by else "null",
        "comments": int(random.paretovariate(1.3)) - 1,
        "commits": int(random.paretovariate(1.2)),
        "additions": int(random.paretovariate(0.7)) % 50_000,
        "deletions": int(random.paretovariate(0.8)) % 50_000 - 1,
        "files": int(random.paretovariate(1.0)) % 3_000 + 1,
    }
    return (pull.REVIEWED if action == "reviewed" else pull.CHANGED) % values


TYPES: tuple[tuple[str, float, Maker], ...] = (
    ("PushEvent", 63.0, push),
    ("CreateEvent", 12.6, create),
    ("PullRequestEvent", 3.6, pull_request),
    ("WatchEvent", 6.2, watch),
    ("IssueCommentEvent", 4.2, issue_comment),
    ("DeleteEvent", 3.3, delete),
    ("IssuesEvent", 1.9, issues),
    ("PullRequestReviewEvent", 0.8, review),
    ("ForkEvent", 1.2, fork),
    ("PullRequestReviewCommentEvent", 0.6, review_comment),
    ("ReleaseEvent", 0.7, release),
    ("CommitCommentEvent", 0.3, commit_comment),
    ("MemberEvent", 0.25, member),
    ("PublicEvent", 0.2, public),
    ("GollumEvent", 0.2, gollum),
    ("DiscussionEvent", 0.15, discussion),
)
