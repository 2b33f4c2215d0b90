"""The Open Data Contract Standard as values: one struct per section, field names as in the standard.

Covers ODCS 3.0.0 to 3.2.0. Python names are snake_case; documents are camelCase. Nothing is added to
the standard: what SentinelDQ needs beyond it lives in `customProperties` or in
`quality: {type: custom, engine: sentineldq, implementation: {check: …}}`.

Source: https://bitol-io.github.io/open-data-contract-standard/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import msgspec

API_VERSIONS = ("v3.2.0", "v3.1.0", "v3.0.2", "v3.0.1", "v3.0.0")
NEWEST = API_VERSIONS[0]
DIMENSIONS = (
    "accuracy",
    "completeness",
    "conformity",
    "consistency",
    "coverage",
    "timeliness",
    "uniqueness",
)

Dimension = Literal[
    "accuracy", "completeness", "conformity", "consistency", "coverage", "timeliness", "uniqueness"
]
LogicalType = Literal[
    "string",
    "date",
    "timestamp",
    "time",
    "number",
    "integer",
    "object",
    "array",
    "boolean",
    "map",
    "vector",
]
Scalar = str | int | float | bool | None


class Node(msgspec.Struct, kw_only=True, rename="camel", omit_defaults=True, forbid_unknown_fields=True):
    """Base of all sections: camelCase in documents, defaults left out, unknown keys refused."""

    def entries(self) -> Iterator[tuple[str, str, Any]]:
        """Each field: its name, its key in documents, its value."""
        for name, key in zip(self.__struct_fields__, self.__struct_encode_fields__, strict=True):
            yield name, key, getattr(self, name)


class CustomProperty(Node, kw_only=True):
    id: str | None = None
    property: str
    value: Any
    description: str | None = None
    vendor: str | None = None


class AuthoritativeDefinition(Node, kw_only=True):
    id: str | None = None
    url: str
    type: str
    description: str | None = None


class Extensible(Node, kw_only=True):
    """A section that takes custom properties and authoritative definitions."""

    id: str | None = None
    custom_properties: list[CustomProperty] = []
    authoritative_definitions: list[AuthoritativeDefinition] = []

    def custom(self, name: str, default: Any = None) -> Any:
        """The value of a custom property, or `default`."""
        return next((item.value for item in self.custom_properties if item.property == name), default)


class Description(Extensible, kw_only=True):
    usage: str | None = None
    purpose: str | None = None
    limitations: str | None = None


class Statement(Extensible, kw_only=True):
    question: str
    answer: str | None = None
    tags: list[str] = []


class Constraint(Extensible, kw_only=True):
    constraint: str
    tags: list[str] = []


class Context(Node, kw_only=True):
    """Guidance for AI agents (ODCS 3.2); a plain string stands for its `instructions`."""

    instructions: str | None = None
    verified_statements: list[Statement] = []
    constraints: list[Constraint] = []


class Synonym(Extensible, kw_only=True):
    """Another name the business uses (ODCS 3.2)."""

    synonym: str
    description: str | None = None
    locale: str | None = None
    source: str | None = None
    status: str | None = None


OPERATORS = {
    "must_be": "equal",
    "must_not_be": "not_equal",
    "must_be_greater_than": "greater",
    "must_be_greater_or_equal_to": "greater_or_equal",
    "must_be_less_than": "less",
    "must_be_less_or_equal_to": "less_or_equal",
    "must_be_between": "between",
    "must_not_be_between": "not_between",
}
"""The comparisons that a Quality may state, by attribute."""


class Quality(Extensible, kw_only=True):
    """One quality rule: documentation (`text`), a metric (`library`), a query (`sql`) or an engine's own."""

    name: str | None = None
    description: str | None = None
    type: Literal["text", "library", "sql", "custom"] = "library"
    metric: str | None = None
    rule: str | None = None
    arguments: dict[str, Any] = {}
    query: str | None = None
    engine: str | None = None
    implementation: str | dict[str, Any] | None = None
    dimension: Dimension | None = None
    severity: str | None = None
    method: str | None = None
    business_impact: str | None = None
    unit: str | None = None
    schedule: str | None = None
    scheduler: str | None = None
    tags: list[str] = []
    must_be: Any = None
    must_not_be: Any = None
    must_be_greater_than: float | None = None
    must_be_greater_or_equal_to: float | None = None
    must_be_less_than: float | None = None
    must_be_less_or_equal_to: float | None = None
    must_be_between: list[float] | None = None
    must_not_be_between: list[float] | None = None


class Relationship(Extensible, kw_only=True):
    """A foreign key; `from` is implied on a property."""

    type: str = "foreignKey"
    from_: str | list[str] | None = msgspec.field(default=None, name="from")
    to: str | list[str]
    description: str | None = None


class EnumValue(Extensible, kw_only=True):
    """One allowed value (ODCS 3.2)."""

    value: Scalar
    label: str | None = None
    description: str | None = None
    tags: list[str] = []


class TypeOptions(Node, kw_only=True):
    """All `logicalTypeOptions` of all types; which one fits which type is lint's business.

    The exclusive bounds are flags in ODCS 3.0 and values since 3.1; the loader turns flags into values.
    """

    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    format: str | None = None
    minimum: int | float | str | None = None
    maximum: int | float | str | None = None
    exclusive_minimum: bool | int | float | str | None = None
    exclusive_maximum: bool | int | float | str | None = None
    multiple_of: int | float | None = None
    timezone: bool | None = None
    default_timezone: str | None = None
    min_properties: int | None = None
    max_properties: int | None = None
    required: list[str] = []
    min_items: int | None = None
    max_items: int | None = None
    unique_items: bool | None = None
    dimensions: int | None = None
    element_type: str | None = None
    distance_metric: str | None = None
    embedding_model: str | None = None
    embedding_model_version: str | None = None
    normalized: bool | None = None


class Element(Extensible, kw_only=True):
    """What objects and properties share."""

    name: str | None = None
    physical_name: str | None = None
    business_name: str | None = None
    description: str | None = None
    deprecated: bool = False
    physical_type: str | None = None
    tags: list[str] = []
    synonyms: list[Synonym] = []
    relationships: list[Relationship] = []
    quality: list[Quality] = []


class Property(Element, kw_only=True):
    """A column or field; `items` describes the members of an array, `properties` those of an object."""

    logical_type: LogicalType | None = None
    logical_type_options: TypeOptions | None = None
    enum: list[EnumValue] = []
    required: bool = False
    unique: bool = False
    primary_key: bool = False
    primary_key_position: int = -1
    partitioned: bool = False
    partition_key_position: int = -1
    semantic_type: Literal["column", "measure", "dimension"] = "column"
    classification: str | None = None
    critical_data_element: bool = False
    encrypted_name: str | None = None
    examples: list[Any] = []
    transform_source_objects: list[str] = []
    transform_logic: str | None = None
    transform_description: str | None = None
    map: MapType | None = None
    items: Property | None = None
    properties: list[Property] = []

    @property
    def column(self) -> str:
        """The name found in the data: the physical name where one is given."""
        return self.physical_name or self.name or ""

    @property
    def options(self) -> TypeOptions:
        return self.logical_type_options or TypeOptions()


class MapType(Node, kw_only=True):
    """Key and value of a map (ODCS 3.2)."""

    key: Property
    value: Property


class SchemaObject(Element, kw_only=True):
    """A table, topic, file or view."""

    logical_type: Literal["object"] = "object"
    data_granularity_description: str | None = None
    properties: list[Property] = []
    context: str | Context | None = None

    def walk(self) -> Iterator[tuple[str, Property]]:
        """Every property with its path: `actor.login`, `payload.commits[].sha`."""
        for path, _, item in self.places():
            yield path, item

    def places(self) -> Iterator[tuple[str, str, Property]]:
        """Every property with its path and its place in the document: `properties[2].items.properties[0]`."""
        for position, item in enumerate(self.properties):
            yield from _walk(item, item.column, f"properties[{position}]")

    def find(self, path: str) -> Property | None:
        """The property at a path, or None."""
        return next((item for found, item in self.walk() if found == path), None)

    @property
    def primary_key(self) -> list[str]:
        """Columns of the primary key, in their stated order."""
        keys = [item for item in self.properties if item.primary_key]
        return [item.column for item in sorted(keys, key=lambda item: item.primary_key_position)]


def _walk(item: Property, path: str, place: str) -> Iterator[tuple[str, str, Property]]:
    yield path, place, item
    for position, child in enumerate(item.properties):
        yield from _walk(child, f"{path}.{child.column}", f"{place}.properties[{position}]")
    if item.items is not None:
        yield from _walk(item.items, f"{path}[]", f"{place}.items")


class Server(Extensible, kw_only=True, forbid_unknown_fields=False):
    """Where the data is; each `type` has keys of its own, kept in `settings` by the loader."""

    server: str
    type: str
    description: str | None = None
    environment: str | None = None
    roles: list[Role] = []
    settings: dict[str, Any] = {}


class Role(Extensible, kw_only=True):
    role: str
    description: str | None = None
    access: str | None = None
    first_level_approvers: str | None = None
    second_level_approvers: str | None = None


class TeamMember(Extensible, kw_only=True):
    username: str
    name: str | None = None
    description: str | None = None
    role: str | None = None
    date_in: str | None = None
    date_out: str | None = None
    replaced_by_username: str | None = None
    tags: list[str] = []


class Team(Extensible, kw_only=True):
    name: str | None = None
    description: str | None = None
    members: list[TeamMember] = []
    tags: list[str] = []


class SupportChannel(Extensible, kw_only=True):
    channel: str
    url: str | None = None
    description: str | None = None
    tool: str | None = None
    scope: str | None = None
    invitation_url: str | None = None


class Price(Extensible, kw_only=True):
    price_amount: float | None = None
    price_currency: str | None = None
    price_unit: str | None = None


class ServiceLevel(Extensible, kw_only=True):
    """One service level: `latency`, `retention`, `frequency`, `availability`, …"""

    property: str
    value: Scalar
    value_ext: Scalar = None
    unit: str | None = None
    element: str | None = None
    driver: str | None = None
    description: str | None = None
    scheduler: str | None = None
    schedule: str | None = None


class Contract(Extensible, kw_only=True):
    """One data contract."""

    api_version: str = NEWEST
    kind: Literal["DataContract"] = "DataContract"
    id: str
    name: str | None = None
    version: str
    status: str | None = None
    domain: str | None = None
    data_product: str | None = None
    tenant: str | None = None
    description: Description | None = None
    context: str | Context | None = None
    servers: list[Server] = []
    schema: list[SchemaObject] = []
    sla_default_element: str | None = None
    sla_properties: list[ServiceLevel] = []
    team: Team | list[TeamMember] | None = None  # the loader turns the list of ODCS 3.0 into a Team
    roles: list[Role] = []
    support: list[SupportChannel] = []
    price: Price | None = None
    tags: list[str] = []
    contract_created_ts: str | None = None

    @classmethod
    def load(cls, source: Any, *, variables: Mapping[str, str] | None = None) -> Contract:
        """Read a contract from a path, text, dict or contract; see `sentineldq.contracts.load`."""
        from sentineldq.contracts.load import load_contract

        return load_contract(source, variables=variables)

    def dump(self) -> str:
        """The contract as YAML in the newest version of the standard."""
        from sentineldq.contracts.write import dump_contract

        return dump_contract(self)

    def object(self, name: str | None = None) -> SchemaObject | None:
        """The schema object of that name (or physical name); the first one when no name is given."""
        if name is None:
            return self.schema[0] if self.schema else None
        return next((item for item in self.schema if name in (item.name, item.physical_name)), None)
