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
    "order_item_id": "9917300551",
    "product_id": "61200310",
    "change_id": "01kb9ct5q80000000000000000",
    "order_data": {"shipping": {"company": "Acme"}, "order_items": [{"name": "Pen"}]},
    "changes": {"no_such_member": 1},
    "note": "Hello",
    "folder": "no such folder",
    "tracking_number": "1Z999",
    "items": [{"no_such_member": 1, "name": "Pen"}],
}
# What a tool needs beside what its schema requires.
NEEDED: dict[str, dict[str, Any]] = {"products_adjust_stock": {"by": 1}}
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
    "order_item_id": ["", "../store", "x" * 200],
    "change_id": ["", "made up", "01KB9CT5Q80000000000000000", "01kb9ct5q80000000000000001"],
    "order_data": [{}, [], "text", {"order_items": []}],
    "changes": [{}, [], "text"],
    "items": [[], [{}], [{"price": 1}], ["Pen"], [{"name": "Pen"}] * 51],
    "folder": ["", "x" * 300],
    "note": ["", " \n ", "x" * 2001, "a\x00b"],
    "tracking_number": ["", "two\nlines", "x" * 300],
    "tracking_url": ["", "javascript:alert(1)", "https://", "x" * 600],
    "weight": ["heavy", -1],
    "cost": ["dear", -0.5],
    "by": [0, 1.5, 10**12],
    "set_to": [1.5, 10**12],
    "reason": ["", "x" * 501, "two\nlines"],
    "if_version": ["", "x" * 60],
    "idempotency_key": ["", "x" * 201, "a\x00b"],
}
DATES = ["yesterday", "2026-02-30", "2026-13-01", "2026-01-01 25:00:00", "2026-01-01T00:00:00Z", ""]


def faulty_calls(tool: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Pairs of the argument at fault and the arguments of the call."""
    schema = tool.input_schema
    properties: dict[str, Any] = schema.get("properties", {})
    required: list[str] = schema.get("required", [])
    sound = {name: SOUND[name] for name in required} | NEEDED.get(tool.name, {})
    yield "no_such_argument", sound | {"no_such_argument": 1}
    for name in required:
        yield name, {other: value for other, value in sound.items() if other != name}
    for name, of in properties.items():
        for wrong in wrong_values(name, of):
            yield name, sound | {name: wrong}


def wrong_values(name: str, of: dict[str, Any]) -> Iterator[Any]:
    """Values that the argument must not take."""
    yield {"an": "object"}
    yield "yes" if of.get("type") == "boolean" else True
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
