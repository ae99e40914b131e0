"""How a fault spoils an HTTP answer."""

import asyncio
import json
import socket
import struct

from aiohttp import web

from .errors import html_page

BEFORE = {"status", "html", "reset", "close", "hang", "huge"}  # instead of an answer


def drop(request, reset):
    """Ends the connection under the request: with a reset, or as if the server had closed it."""
    transport = request.transport
    if transport is None:
        return
    if reset:
        raw = transport.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


async def instead_of_answer(request, fault, world):
    """The answer of a fault that gives one of its own."""
    kind = fault.kind
    if kind == "hang":
        await asyncio.sleep(fault.get("seconds") or 1e6)
    if kind in ("hang", "close", "reset"):
        drop(request, reset=kind == "reset")
        return web.Response()
    if kind == "huge":
        size = fault.get("bytes", 64 << 20)
        return web.Response(body=b'{"bars":{}' + b" " * (size - 34) + b',"next_page_token":null}',
                            content_type="application/json")
    if kind == "html":
        status = fault.get("status", 200)
        return web.Response(status=status, text=html_page(status), content_type="text/html")
    return _status(fault, world)


async def spoil(request, response, fault):
    """The right answer, spoilt."""
    kind, body = fault.kind, response.body or b""
    if kind == "delay":
        await asyncio.sleep(fault.get("seconds", 1))
        return response
    if kind == "content_type":
        response.headers["Content-Type"] = fault.get("value", "text/plain")
        return response
    if kind == "bad_json":
        return _like(response, body[:int(len(body) * fault.get("fraction", 0.5))])
    if kind == "replace":
        count = fault.get("count", 1)
        changed = body.replace(fault.get("find").encode(), fault.get("with").encode(), -1 if count is None else count)
        return _like(response, changed)
    return await _in_pieces(request, response, fault)


async def _in_pieces(request, response, fault):
    body = response.body or b""
    stream = web.StreamResponse(status=response.status, headers=response.headers)
    stream.content_length = len(body)
    await stream.prepare(request)
    if fault.kind == "half_body":
        await stream.write(body[:int(len(body) * fault.get("fraction", 0.5))])
        await asyncio.sleep(0.02)  # what was written leaves before the connection does
        drop(request, fault.get("reset", False))
        return stream
    step = fault.get("bytes", 16)
    for i in range(0, len(body), step):
        await stream.write(body[i:i + step])
        await asyncio.sleep(fault.get("interval_s", 0.1))
    return stream


def _status(fault, world):
    status = fault.get("status", 500)
    headers = {name: str(value) for name, value in fault.get("headers", {}).items()}
    if fault.get("retry_after") is not None:
        headers["Retry-After"] = str(fault.get("retry_after"))
    if fault.get("rate_headers"):
        headers.update(world.rate_headers(remaining=0, reset_in=fault.get("reset_in", 5)))
    if fault.get("html"):
        return web.Response(status=status, text=html_page(status), content_type="text/html", headers=headers)
    if fault.get("body") is not None:
        return web.Response(status=status, text=fault.get("body"), content_type="text/plain", headers=headers)
    message = {429: "too many requests."}.get(status, "internal server error occurred")
    text = json.dumps(fault.get("json", {"message": message}))
    return web.Response(status=status, text=text, content_type="application/json", headers=headers)


def _like(response, body):
    return web.Response(status=response.status, body=body, content_type="application/json")
