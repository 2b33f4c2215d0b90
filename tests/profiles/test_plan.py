"""What a contract asks to be profiled."""

from sentineldq.contracts.model import Contract
from sentineldq.profiles.plan import Plan, plan_of

CONTRACT = """
apiVersion: v3.1.0
kind: DataContract
id: orders
version: 1.0.0
slaProperties:
  - {property: latency, value: 1, unit: d, element: orders.placed}
schema:
  - name: orders
    customProperties:
      - {property: entities, value: [status, customer.country]}
    properties:
      - {name: line, logicalType: integer, primaryKey: true, primaryKeyPosition: 2}
      - {name: id, logicalType: string, primaryKey: true, primaryKeyPosition: 1}
      - {name: status, logicalType: string}
      - {name: placed, logicalType: timestamp}
      - {name: seen, logicalType: timestamp}
      - name: customer
        logicalType: object
        properties:
          - {name: country, logicalType: string}
          - {name: mail, logicalType: string, classification: restricted}
"""


def test_a_contract_s_plan():
    contract = Contract.load(CONTRACT)
    assert plan_of(contract.schema[0], contract) == Plan(
        columns=("line", "id", "status", "placed", "seen", "customer"),
        key=("id", "line"),
        entities=("status", "customer.country"),
        event="placed",
        hidden=frozenset({"customer.mail"}),
    )


def test_the_only_timestamp_is_the_event():
    text = CONTRACT.replace("      - {name: seen, logicalType: timestamp}\n", "")
    contract = Contract.load(text.replace("element: orders.placed", "element: x.y"))
    assert plan_of(contract.schema[0], contract).event == "placed"


def test_of_two_timestamps_none_is_the_event():
    contract = Contract.load(CONTRACT.replace("element: orders.placed", "element: x.y"))
    assert plan_of(contract.schema[0], contract).event is None


def test_what_is_inside_a_hidden_path_is_hidden():
    plan = Plan(hidden=frozenset({"customer", "tags"}))
    assert [plan.hides(path) for path in ("customer", "customer.mail", "tags[]", "customers")] == [
        True,
        True,
        True,
        False,
    ]
