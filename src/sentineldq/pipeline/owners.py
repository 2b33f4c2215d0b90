"""What the alerts of a project have to know of it: who owns each dataset, and what each is made of."""

from __future__ import annotations

from sentineldq.alerts.sweep import Context
from sentineldq.contracts.load import load_contract
from sentineldq.contracts.model import Contract
from sentineldq.errors import SentinelError
from sentineldq.pipeline.freshness import datasets
from sentineldq.pipeline.project import Project
from sentineldq.pipeline.round import gold_models


def context_of(project: Project) -> Context:
    """The context of a project's alerts; a contract or model that cannot be read has no owner and no origin."""
    return Context(
        project=project.name,
        rules=project.settings.alerts,
        upstream=upstream_of(project),
        owners=owners_of(project),
    )


def owners_of(project: Project) -> dict[str, tuple[str, ...]]:
    """The team and the people that contracts name, by dataset (`events`, `gold.daily`)."""
    found = {}
    for name, path in datasets(project).items():
        try:
            contract = load_contract(project.root / path, variables=project.variables)
        except SentinelError:
            continue  # the runs that need it tell
        found[name.removeprefix("silver.")] = people(contract)
    return found


def people(contract: Contract) -> tuple[str, ...]:
    """The owner of a contract's data: its team by name, and those in it who have not left."""
    team = contract.team
    if team is None:
        return ()
    members = team if isinstance(team, list) else team.members
    name = None if isinstance(team, list) else team.name
    here = [member.username for member in members if member.date_out is None]
    return tuple(dict.fromkeys([*([name] if name else []), *here]))


def upstream_of(project: Project) -> dict[str, list[str]]:
    """What each gold table is made of, at any number of steps (`{"gold.daily": ["events"]}`)."""
    try:
        models = gold_models(project)
    except SentinelError:
        return {}
    found: dict[str, list[str]] = {}
    for model in models:  # each comes after those it reads
        direct = [name.removeprefix("silver.") for name in model.reads]
        further = [name for each in direct for name in found.get(each, [])]
        found[model.table] = list(dict.fromkeys([*direct, *further]))
    return found
