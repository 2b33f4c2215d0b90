"""Who is on the simulated GitHub: people, bots, organisations and repositories, each a pure function of its number.

Few of them do most of it: a rank is drawn by Zipf's law (Mandelbrot's form, so that the very first are not too many).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, lru_cache
from math import exp, log
from random import Random

from sentineldq.sources.simulate.chance import seeded, words
from sentineldq.sources.simulate.clock import iso
from sentineldq.sources.simulate.github import objects, pull
from sentineldq.sources.simulate.github.template import quote
from sentineldq.sources.simulate.github.text import PARTS, VERBS, sentences

PEOPLE = 120_000
PROJECTS = 60_000
ORGS = 9_000
ID_PRIME = 199_999_991  # ids are ranks times a number modulo a prime: scattered, and no two alike
BOTS = (
    ("github-actions", 41898282, 46),
    ("dependabot", 49699333, 22),
    ("renovate", 29139614, 11),
    ("Copilot", 198982749, 7),
    ("pull", 39814207, 5),
    ("coderabbitai", 136622811, 4),
    ("codecov", 22429695, 3),
    ("vercel", 35613825, 2),
)
FIRST = words(
    "quiet rapid amber lucky north silver tiny brave urban solar misty crimson polar cosmic rusty velvet "
    "jade echo nova pixel atomic hollow golden winter"
)
LAST = words(
    "otter falcon maple river comet badger cedar lynx harbor ember raven willow panda meadow tiger orchid "
    "quill summit walnut glacier heron pepper saddle thistle"
)
THINGS = words(
    "api app bot cli core dashboard data demo docs engine forms graph infra kit lab library monitor notes "
    "parser portfolio proxy server site tools ui web"
)
LANGUAGES = ('"Python"', '"TypeScript"', '"JavaScript"', '"Go"', '"Rust"', '"Java"', '"C++"', "null")
TOPICS = (
    "[]",
    "[]",
    '["python","data"]',
    '["react","typescript"]',
    '["hacktoberfest"]',
    '["machine-learning"]',
)
MIT = (
    '{"key":"mit","name":"MIT License","spdx_id":"MIT","url":"https://api.github.com/licenses/mit",'
    '"node_id":"MDc6TGljZW5zZTEz"}'
)


class Person:
    """An account as an actor, a user, or an organisation that owns repositories."""

    def __init__(self, *, number: int, login: str, kind: str = "User") -> None:
        self.id = number
        self.login = f"{login}[bot]" if kind == "Bot" else login
        self.display = login
        self.kind = kind

    @cached_property
    def actor(self) -> str:
        return objects.ACTOR % {"id": self.id, "login": self.login, "display": self.display}

    @cached_property
    def org(self) -> str:
        return objects.ORG % {"id": self.id, "login": self.login}

    @cached_property
    def user(self) -> str:
        bot = self.kind == "Bot"
        return objects.USER % {
            "login": self.login,
            "id": self.id,
            "node": f"{'BOT' if bot else 'U'}_kgDO{self.id:x}",
            "path": f"{self.display}%5Bbot%5D" if bot else self.login,
            "page": f"apps/{self.display}" if bot else self.login,
            "kind": self.kind,
        }


class Repo:
    """A repository; `base` is the short object of each event, `full` the long one within payloads."""

    def __init__(self, *, number: int, owner: Person, short: str, seed: int, fork: bool = False) -> None:
        self.id = number
        self.owner = owner
        self.short = short
        self.name = f"{owner.login}/{short}"
        self.fork = fork
        self.branch = "master" if number % 5 == 0 else "main"
        self._seed = seed

    @cached_property
    def base(self) -> str:
        return objects.REPO % {"id": self.id, "name": self.name}

    @cached_property
    def trimmed(self) -> str:
        return pull.TRIMMED_REPO % {"id": self.id, "name": self.name, "short": self.short}

    @cached_property
    def full(self) -> str:
        random = seeded(self._seed, "repo", self.id)
        created = 1_300_000_000 + random.random() * 350_000_000
        return objects.REPOSITORY % {
            "id": self.id,
            "node": f"kgDO{self.id:x}",
            "short": self.short,
            "name": self.name,
            "owner": self.owner.user,
            "description": quote(random.choice(sentences())) if random.random() < 0.7 else "null",
            "fork": "true" if self.fork else "false",
            "created": iso(created),
            "updated": iso(created + random.random() * 50_000_000),
            "size": int(random.paretovariate(0.6)) % 4_000_000,
            "stars": int(random.paretovariate(0.5)) % 200_000 - 1,
            "language": random.choice(LANGUAGES),
            "forks": int(random.paretovariate(0.8)) % 30_000 - 1,
            "issues": int(random.paretovariate(0.8)) % 5_000 - 1,
            "license": MIT if random.random() < 0.45 else "null",
            "topics": random.choice(TOPICS),
            "branch": self.branch,
        }


class World:
    """The accounts and repositories of a seed."""

    def __init__(self, *, seed: int, trimmed: bool = False) -> None:
        self.seed = seed
        self.trimmed = trimmed
        random = seeded(seed, "world")
        self._step = random.randrange(1_000_000, ID_PRIME)
        self._turn = random.randrange(PEOPLE)
        self._bots = [Person(number=number, login=name, kind="Bot") for name, number, _ in BOTS]
        self._shares = [share for _, _, share in BOTS]
        self.person: Callable[[int], Person] = lru_cache(maxsize=8192)(self._person)
        self.org: Callable[[int], Person] = lru_cache(maxsize=4096)(self._org)
        self.project: Callable[[int], Repo] = lru_cache(maxsize=4096)(self._project)
        self.own: Callable[[int, int], Repo] = lru_cache(maxsize=4096)(self._own)

    def anybody(self, random: Random) -> int:
        """Rank of a person."""
        return _rank(random, PEOPLE, 40)

    def anything(self, random: Random) -> Repo:
        """A project that many work on or look at."""
        return self.project(_rank(random, PROJECTS, 25))

    def bot(self, random: Random) -> Person:
        """One of the bots, the busiest most often."""
        return random.choices(self._bots, self._shares)[0]

    def mine(self, rank: int, random: Random) -> Repo:
        """A repository of that person's own."""
        return self.own(rank, int(3 * random.random() ** 2))

    def fork(self, repo: Repo, rank: int) -> Repo:
        """That person's fork of a repository."""
        number = 700_000_000 + (repo.id * 31 + rank * 97) % 199_999_991
        return Repo(number=number, owner=self.person(rank), short=repo.short, seed=self.seed, fork=True)

    def _id(self, rank: int) -> int:
        return 1 + (rank * self._step + 1) % ID_PRIME

    def _person(self, rank: int) -> Person:
        mixed = (rank * 7919 + self._turn) % PEOPLE
        first, rest = mixed % len(FIRST), mixed // len(FIRST)
        last, suffix = rest % len(LAST), rest // len(LAST)
        joint = "-" if mixed % 3 == 0 else ""
        login = f"{FIRST[first]}{joint}{LAST[last]}{suffix or ''}"
        return Person(number=self._id(rank), login=login.title() if mixed % 7 == 0 else login)

    def _org(self, rank: int) -> Person:
        login = f"{LAST[rank % len(LAST)]}-{THINGS[rank // len(LAST) % len(THINGS)]}"
        return Person(
            number=self._id(PEOPLE + rank),
            login=f"{login}-{rank // (len(LAST) * len(THINGS))}",
            kind="Organization",
        )

    def _project(self, rank: int) -> Repo:
        mixed = (rank * 104_729 + self._turn) % PROJECTS
        owner = self.org(mixed % ORGS) if mixed % 10 < 4 else self.person(mixed % PEOPLE)
        short = (
            f"{PARTS[mixed % len(PARTS)]}-{THINGS[mixed // len(PARTS) % len(THINGS)]}{mixed // 1000 or ''}"
        )
        return Repo(number=10_000_000 + mixed, owner=owner, short=short, seed=self.seed)

    def _own(self, rank: int, which: int) -> Repo:
        mixed = rank * 7 + which
        short = f"{VERBS[mixed % len(VERBS)]}{'_-'[mixed % 2]}{THINGS[mixed % len(THINGS)]}{which or ''}"
        return Repo(
            number=100_000_000 + rank * 8 + which, owner=self.person(rank), short=short, seed=self.seed
        )


def _rank(random: Random, size: int, flat: int) -> int:
    """A rank from 0, the chance of each about 1 / (rank + flat)."""
    return min(int(flat * exp(random.random() * log((size + flat) / flat)) - flat), size - 1)
