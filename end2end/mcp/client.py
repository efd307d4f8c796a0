"""The reference client for Python doing what an assistant does, in every mode it has."""

from __future__ import annotations

import asyncio
import json
import subprocess
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, AsyncIterator

import httpx2
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.types import ElicitResult

from arguments import faulty_calls
from programs import Product
from report import Report

ROOT = Path(__file__).parents[2]
MODES = ("auto", "legacy", "2026-07-28")
ERROR_META = "orderdesk-mcp/error"
MANAGING = {"stores_register", "stores_delete"}
READING = {
    "tenant_use_master_key", "stores_list", "stores_use_store", "stores_resolve", "orders_list", "orders_get",
    "products_list", "products_get", "changes_list", "changes_get",
}
# The sandbox's bucket holds 20 requests refilled with 3 a second: reading politely takes its time.
READ_TIMEOUT_S = 60


def fixture_orders() -> dict[str, dict[str, Any]]:
    """The orders of the recorded exchanges that the sandbox is seeded with, as they were first seen."""
    found: dict[str, dict[str, Any]] = {}
    for number in ("01", "02", "03", "04", "08", "09", "12"):
        for path in sorted((ROOT / "crates/orderdesk-sim/fixtures").glob(f"{number}-*.json")):
            body = json.loads(path.read_text(encoding="utf-8"))["response"]["body"]
            for order in [*body.get("orders", []), *([body["order"]] if "order" in body else [])]:
                found.setdefault(str(order["id"]), order)
    return found


def agreed_tools() -> list[dict[str, Any]]:
    """The catalog that the tests of the crate hold the server to."""
    return json.loads((ROOT / "crates/mcp/tests/catalog.json").read_text(encoding="utf-8"))["tools"]


@asynccontextmanager
async def over_http(url: str, key: str, mode: str, **abilities: Any) -> AsyncIterator[Client]:
    async with httpx2.AsyncClient(headers={"Authorization": f"Bearer {key}"}, timeout=READ_TIMEOUT_S) as http:
        async with Client(streamable_http_client(url, http_client=http), mode=mode,
                          read_timeout_seconds=READ_TIMEOUT_S, **abilities) as client:
            yield client


async def answer(client: Client, report: Report, tool: str, **arguments: Any) -> dict[str, Any]:
    """A call that must succeed, with both channels equal."""
    result = await client.call_tool(tool, arguments)
    text = result.content[0].text
    if result.is_error:
        raise AssertionError(f"{tool} {arguments}: {text}")
    report.check(json.loads(text) == result.structured_content, f"{tool}: text and structured content differ")
    return result.structured_content


async def error(client: Client, tool: str, arguments: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """A call that must fail in a way a model can mend: its words and its facts."""
    result = await client.call_tool(tool, arguments)
    if not result.is_error:
        raise AssertionError(f"{tool} {arguments} was accepted")
    return result.content[0].text, (result.meta or {}).get(ERROR_META, {})


async def pages(client: Client, report: Report, tool: str, member: str, **arguments: Any) -> list[dict[str, Any]]:
    """Every record of a list, page by page."""
    records: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    for _ in range(200):
        page = await answer(client, report, tool, **arguments, **cursor)
        report.check(page["count"] == len(page[member]), f"{tool}: count is wrong")
        records += page[member]
        if "next_cursor" not in page:
            ids = [record["id"] for record in records]
            report.check(len(ids) == len(set(ids)), f"{tool} {arguments}: a record came twice")
            report.check(page.get("total", len(ids)) == len(ids), f"{tool} {arguments}: {len(ids)} of {page.get('total')}")
            return records
        report.check(page["count"] > 0, f"{tool} {arguments}: an empty page is not the last")
        cursor = {"cursor": page["next_cursor"]}
    raise AssertionError(f"{tool} {arguments}: the pages do not end")


async def tools(client: Client, report: Report, is_master: bool) -> list[Any]:
    """What is offered is what was agreed: all of it to the owner, what only reads to a key that only reads."""
    listed = await client.list_tools()
    agreed = [tool for tool in agreed_tools() if is_master or tool["name"] in READING]
    report.check([tool.name for tool in listed.tools] == [tool["name"] for tool in agreed], "the tools are others")
    for tool, expected in zip(listed.tools, agreed):
        plain = tool.model_dump(mode="json", by_alias=True, exclude_none=True)
        report.check(plain == expected, f"{tool.name} is defined otherwise than agreed")
    return listed.tools


async def orders(client: Client, report: Report) -> None:
    """Pages through everything, then through parts of it: the parts must make the whole."""
    everything = await pages(client, report, "orders_list", "orders", limit=100)
    report.check(len(everything) >= 500, f"the sandbox has {len(everything)} orders")
    whole = {order["id"] for order in everything}

    seen: set[str] = set()
    for folder in sorted({order["folder_id"] for order in everything}):
        part = await pages(client, report, "orders_list", "orders", limit=200, folder_id=folder)
        report.check({order["folder_id"] for order in part} == {folder}, f"folder {folder} has others' orders")
        seen |= {order["id"] for order in part}
    report.check(seen == whole, "the folders do not make the whole")

    dates = sorted(order["date_added"] for order in everything)
    middle = dates[len(dates) // 2]
    newer = await pages(client, report, "orders_list", "orders", limit=500, search_start_date=middle)
    older = await pages(client, report, "orders_list", "orders", limit=500, search_end_date=middle)
    report.check({order["id"] for order in newer + older} == whole, "two halves in time do not make the whole")
    report.check(all(order["date_added"] >= middle for order in newer), "a newer order is older")

    one = everything[17]
    by_email = await pages(client, report, "orders_list", "orders", email=one["email"])
    report.check({order["email"] for order in by_email} == {one["email"]}, "a filter by e-mail gives others")
    report.check(one["id"] in {order["id"] for order in by_email}, "a filter by e-mail loses its order")
    by_source = await pages(client, report, "orders_list", "orders", source_id=one["source_id"])
    report.check({order["source_id"] for order in by_source} == {one["source_id"]}, "a filter by number gives others")
    rising = await pages(client, report, "orders_list", "orders", limit=250, order_by="date_added", order="ASC")
    report.check([order["date_added"] for order in rising] == dates, "rising order is not")


async def reads(client: Client, report: Report) -> None:
    """Reads every recorded order, in full and in part, and products."""
    for order_id, recorded in fixture_orders().items():
        read = await answer(client, report, "orders_get", order_id=order_id)
        report.check(str(read["order"]["id"]) == order_id, f"order {order_id} is another")
        report.check(len(read["order"]["order_items"]) == len(recorded["order_items"]), f"order {order_id} lost lines")
        for member in ("email", "source_id", "shipping"):
            report.check(read["order"].get(member) == recorded.get(member), f"order {order_id}: {member} differs")
        brief = await answer(client, report, "orders_get", order_id=order_id, detail="summary")
        report.check(brief["version"] == read["version"], f"order {order_id} has two versions")
        report.check("order_items" not in brief["order"], f"the summary of {order_id} has lines")
    products = await pages(client, report, "products_list", "products", limit=50)
    report.check(len(products) >= 100, f"the sandbox has {len(products)} products")
    for product in products[:3]:
        read = await answer(client, report, "products_get", product_id=product["id"])
        report.check(read["product"]["code"] == product["code"], f"product {product['id']} is another")


async def faults(client: Client, report: Report, definitions: list[Any]) -> None:
    """Every wrong argument of every tool is answered by a sentence that names it, and changes nothing."""
    before = await answer(client, report, "changes_list", limit=1)
    for tool in definitions:
        for name, arguments in faulty_calls(tool):
            words, facts = await error(client, tool.name, arguments)
            shown = f"{tool.name} {json.dumps(arguments)[:120]}: {words}"
            # What does not exist is named itself.
            names = [name, str(arguments.get(name))] if facts.get("code") == "not_found" else [name]
            named = any(one in words for one in names) or facts.get("field", "").startswith(name)
            report.check(named, f"does not name `{name}`: {shown}")
            report.check(len(words) > 15 and "panic" not in words.lower(), f"says nothing: {shown}")
            report.check(facts.get("code") in ("invalid", "not_found"), f"code {facts.get('code')}: {shown}")
    for missing in ("4999999999", "1"):
        words, facts = await error(client, "orders_get", {"order_id": missing})
        report.check(facts.get("code") == "not_found" and "orders_list" in words, f"no such order: {words}")
    after = await answer(client, report, "changes_list", limit=1)
    report.check(after["changes"] == before["changes"], "faulty calls have made a change")
    try:
        await client.call_tool("no_such_tool", {})
        report.check(False, "an unknown tool was answered")
    except MCPError as refused:
        report.check(refused.error.code == -32602 and "orders_list" in refused.error.message, f"unknown tool: {refused}")


async def writes(client: Client, report: Report, mode: str) -> None:
    """Changes an order, looks at the change, takes it back, and asks for a deletion, which waits."""
    order_id, changes = "4981200618", {"shipping": {"city": f"Reno {mode}"}}
    before = await answer(client, report, "orders_get", order_id=order_id)
    preview = await answer(client, report, "orders_update", order_id=order_id, changes=changes, dry_run=True)
    report.check(preview["status"] == "preview" and "change_id" not in preview, f"a preview: {preview['message']}")
    done = await answer(client, report, "orders_update", order_id=order_id, changes=changes,
                        if_version=before["version"], reason="a check of the door")
    report.check(done["status"] == "success", f"an update: {done['message']}")
    report.check([field["path"] for field in done["diff"]] == ["shipping.city"], f"an update changes {done['diff']}")
    same = await answer(client, report, "orders_update", order_id=order_id, changes=changes,
                        if_version=before["version"], reason="a check of the door")
    report.check(same["change_id"] == done["change_id"], "the same call again is another change")
    stale = {"order_id": order_id, "changes": {"email": "stale@example.com"}, "if_version": before["version"]}
    words, facts = await error(client, "orders_update", stale)
    report.check(facts.get("code") == "conflict" and facts.get("field") == "if_version", f"a stale version: {words}")
    after = await answer(client, report, "orders_get", order_id=order_id)
    report.check(after["order"]["shipping"]["city"] == f"Reno {mode}", "the next read has the old city")
    report.check(after["version"] == done["version"], "the receipt has another version than the order")
    shown = await answer(client, report, "changes_get", change_id=done["change_id"])
    report.check(shown["state"] == "verified" and shown["undo"]["possible"], f"the change is {shown['state']}")
    undone = await answer(client, report, "changes_undo", change_id=done["change_id"])
    report.check(undone["status"] == "success", f"an undo: {undone['message']}")
    back = await answer(client, report, "orders_get", order_id=order_id)
    report.check(back["order"]["shipping"] == before["order"]["shipping"], "the undo left something")
    page = await answer(client, report, "changes_list", order_id=order_id, limit=1)
    report.check(page["changes"][0]["id"] == undone["change_id"] and "next_cursor" in page, "the undo is not the newest")
    deletion = await answer(client, report, "orders_delete", order_id=order_id)
    report.check(deletion["status"] == "pending" and deletion["approval"]["page_url"], f"a deletion: {deletion}")
    words, facts = await error(client, "changes_undo", {"change_id": deletion["change_id"]})
    report.check(facts.get("code") in ("conflict", "invalid"), f"undoing what was never made: {words}")


async def proposals(report: Report, product: Product, mode: str) -> None:
    """A key that proposes: a client that can open an address is shown the page, any other gets the receipt."""
    asked: list[Any] = []

    async def shown(_: Any, request: Any) -> ElicitResult:
        asked.append(request)
        return ElicitResult(action="accept")

    arguments = {"order_id": "4981200417", "changes": {"shipping": {"city": f"Salem {mode}"}}, "store_identifier": "sandbox"}
    async with over_http(product.url, product.propose_key, mode, elicitation_callback=shown) as client:
        receipt = await answer(client, report, "orders_update", **arguments)
        report.check(receipt["status"] == "pending", f"a proposal: {receipt['message']}")
        opened = [request.url for request in asked]
        expected = [] if mode == "legacy" else [receipt["approval"]["page_url"]]
        report.check(opened == expected, f"{mode}: was asked to open {opened}")
        report.check(all("Salem" not in request.message for request in asked), "the request to the person has values")
    async with over_http(product.url, product.propose_key, mode) as client:
        again = await answer(client, report, "orders_update", **arguments)
        report.check(again["change_id"] == receipt["change_id"], "the same proposal is another change")
        waiting = await answer(client, report, "changes_list", state="proposed", order_id="4981200417")
        report.check(receipt["change_id"] in [change["id"] for change in waiting["changes"]], "the proposal is not listed")


async def everything(report: Report, product: Product, mode: str) -> None:
    """One assistant's whole day, in one mode."""
    async with over_http(product.url, product.master_key, mode) as client:
        modern = client.protocol_version >= "2026-07-28"
        report.check(modern == (mode != "legacy"), f"{mode} speaks {client.protocol_version}")
        # A client that is told the revision asks the server nothing about itself.
        if mode in ("auto", "legacy"):
            report.check(client.server_info.name == "orderdesk-mcp", "the server does not say who it is")
            report.check("stores_list" in (client.instructions or ""), "there are no instructions")
        definitions = await tools(client, report, is_master=True)
        words, _ = await error(client, "orders_list", {})
        report.check("store" in words, f"without a store: {words}")
        added = await answer(client, report, "stores_register", store_id="sandbox", api_key="sandbox")
        report.check("api_key" not in json.dumps(added), "the API key comes back")
        again, facts = await error(client, "stores_register", {"store_id": "sandbox", "api_key": "sandbox"})
        report.check(facts.get("code") == "conflict", f"the same store twice: {again}")
        await answer(client, report, "stores_use_store", identifier=added["store"]["store_name"].upper())
        found = await answer(client, report, "stores_resolve", identifier="sandbox")
        report.check(found["resolved_by"] == "store_id", "the store was not found by its id")
        # The earlier system's names.
        await answer(client, report, "stores.list")
        await orders(client, report)
        await reads(client, report)
        await faults(client, report, definitions)
        await writes(client, report, mode)
    await proposals(report, product, mode)
    async with over_http(product.url, product.read_key, mode) as client:
        await tools(client, report, is_master=False)
        for tool in sorted({tool["name"] for tool in agreed_tools()} - READING):
            arguments = {"store_id": "1", "api_key": "k" * 40} if tool == "stores_register" else {"store_identifier": "sandbox"}
            words, facts = await error(client, tool, arguments)
            report.check(facts.get("code") == "forbidden", f"a read key may {tool}: {words}")
    async with over_http(product.url, product.master_key, mode) as client:
        await answer(client, report, "stores_delete", store_identifier="sandbox")
        left = await answer(client, report, "stores_list")
        report.check(left["count"] == 0, "the removed store is still there")


async def over_command(report: Report, command: StdioServerParameters, mode: str, log: Path) -> None:
    """The same server behind a command: lists, calls well and badly."""
    with log.open("a", encoding="utf-8") as errlog:
        transport = stdio_client(command, errlog=errlog)
        await over_transport(report, transport, mode)


async def over_transport(report: Report, transport: Any, mode: str) -> None:
    async with Client(transport, mode=mode, read_timeout_seconds=READ_TIMEOUT_S) as client:
        await tools(client, report, is_master=False)
        await answer(client, report, "stores_list")
        words, facts = await error(client, "orders_get", {"order_id": "../store"})
        report.check(facts.get("field") == "order_id", f"a bad call: {words}")


def silent_but_for_json(report: Report, product: Product) -> None:
    """Nothing but messages on standard output, and a clean end when the client closes its side."""
    hello = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
        "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "check", "version": "1"}}}
    ready = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    listing = {"jsonrpc": "2.0", "id": 2, "method": "tools/list"}
    for lines in ([hello, ready, listing], []):
        text = "".join(json.dumps(line) + "\n" for line in lines)
        done = subprocess.run([product.program, "stdio"], input=text, env=stdio_env(product), timeout=30,
                              capture_output=True, text=True, check=False)
        report.check(done.returncode == 0, f"stdio ended with {done.returncode}: {done.stderr[-500:]}")
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        report.check([one["id"] for one in answers] == [line["id"] for line in lines if "id" in line], f"stdout: {answers}")


def stdio_env(product: Product) -> dict[str, str]:
    return product.env | {"ORDERDESK_MCP_KEY": product.read_key}


def check(report: Report, product: Product, node: list[str], mcp_remote: Path, folder: Path) -> None:
    """All of it."""
    for mode in MODES:
        with report.section(f"Python client over HTTP, {mode}"):
            asyncio.run(everything(report, product, mode))
    for mode in MODES:
        with report.section(f"Python client over stdio, {mode}"):
            command = StdioServerParameters(command=product.program, args=["stdio"], env=stdio_env(product))
            asyncio.run(over_command(report, command, mode, folder / "stdio.log"))
    with report.section("stdio, line by line"):
        silent_but_for_json(report, product)
    for mode in ("auto", "legacy"):
        with report.section(f"mcp-remote with a bearer header, {mode}"):
            arguments = [*node[1:], str(mcp_remote), product.url, "--transport", "http-only", "--allow-http",
                         "--header", f"Authorization:Bearer {product.read_key}"]
            env = {"PATH": product.env["PATH"], "HOME": str(folder), "MCP_REMOTE_CONFIG_DIR": str(folder / "remote")}
            command = StdioServerParameters(command=node[0], args=arguments, env=env)
            asyncio.run(over_command(report, command, mode, folder / "mcp-remote.log"))
