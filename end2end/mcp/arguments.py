"""Wrong arguments for a tool, made from its schema: one fault at a time, each of which must be named."""

from __future__ import annotations

from typing import Any, Iterator

# What each required argument is when another one is at fault.
SOUND = {
    "master_key": "odm_mk_0000000000000000000000",
    "store_id": "sandbox",
    "api_key": "sandbox",
    "identifier": "sandbox",
    "store_identifier": "sandbox",
    "order_id": "4981200417",
    "product_id": "61200310",
}
# Faults that no schema tells of.
PARTICULAR: dict[str, list[Any]] = {
    "order_id": ["", "../store", "x" * 200],
    "product_id": ["", "../store", "x" * 200],
    "store_id": ["", "../store", "x" * 500],
    "store_identifier": ["", "no such store", "x" * 500],
    "identifier": ["", "no such store", "x" * 500],
    "api_key": ["", "x" * 500],
    "master_key": ["", "odm_mk_wrong", "x" * 500],
    "store_name": ["", "x" * 81, "two\nlines"],
    "label": ["x" * 81],
    "code": ["", ",".join("x" * 60)],
    "cursor": ["", "made up", "bzEuMjAuYWJj", "x" * 500],
    "order_by": ["", "no such member!", "x" * 50],
    "order": ["sideways"],
    "limit": [0, 501, -1, 1.5],
    "offset": [-1, 1.5, 99999999999],
}
DATES = ["yesterday", "2026-02-30", "2026-13-01", "2026-01-01 25:00:00", "2026-01-01T00:00:00Z", ""]


def faulty_calls(tool: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Pairs of the argument at fault and the arguments of the call."""
    schema = tool.input_schema
    properties: dict[str, Any] = schema.get("properties", {})
    required: list[str] = schema.get("required", [])
    sound = {name: SOUND[name] for name in required}
    yield "no_such_argument", sound | {"no_such_argument": 1}
    for name in required:
        yield name, {other: value for other, value in sound.items() if other != name}
    for name, of in properties.items():
        for wrong in wrong_values(name, of):
            yield name, sound | {name: wrong}


def wrong_values(name: str, of: dict[str, Any]) -> Iterator[Any]:
    """Values that the argument must not take."""
    yield {"an": "object"}
    yield True
    if of.get("type") != "array":
        yield [["a list"]]
    if of.get("type") == "integer":
        yield "many"
    if of.get("type") == "string" and "enum" in of:
        yield "no such choice"
    if of.get("type") == "array":
        yield ["no such choice"]
        yield "not a list"
    if name.endswith(("_date", "_date_local")):
        yield from DATES
    elif of.get("type") == "string" and name not in PARTICULAR and "enum" not in of:
        yield "x" * 300
        yield "a\x00b"
    yield from PARTICULAR.get(name, [])
