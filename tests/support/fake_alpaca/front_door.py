"""What every request passes: the log, the faults, the limiter, and refusals turned into answers."""

import json

from aiohttp import web

from .errors import Refusal, refuse_data, refuse_trading
from .faults import HTTP
from .http_faults import BEFORE, instead_of_answer, spoil
from .times import http_date


class FrontDoor:
    def __init__(self, world):
        self.world = world

    @web.middleware
    async def middleware(self, request, handler):
        if request.path.startswith("/_control"):
            return await _answer(request, handler)
        body = _json_or_text(await request.text()) if request.can_read_body else None
        request["entry"] = entry = self.world.log.begin(request, body)
        event = {"method": request.method, "path": request.path, "query": dict(request.query), "body": body,
                 "page": 2 if "page_token" in request.query else 1}
        fault = self.world.faults.take(HTTP, event)
        if fault is None:
            response = await self._limited(request, handler)
        else:
            entry["fault"] = fault.id
            response = await self._faulty(request, handler, fault)
        entry["status"] = response.status
        return response

    async def _faulty(self, request, handler, fault):
        if fault.kind in BEFORE:
            if fault.get("accept"):
                await self._limited(request, handler)
            return await instead_of_answer(request, fault, self.world)
        return await spoil(request, await self._limited(request, handler), fault)

    async def _limited(self, request, handler):
        bucket = self.world.buckets["trading" if request.path.startswith(("/v2/", "/v3/")) else "data"]
        upgrade = request.headers.get("Upgrade", "").lower() == "websocket"
        if not upgrade and not bucket.take():
            return self._too_many(request, bucket)
        response = await _answer(request, handler)
        if not upgrade and bucket.per_minute:
            response.headers.update(self.world.rate_headers(bucket.remaining, bucket.full_in))
        return response

    def _too_many(self, request, bucket):
        if request.path.startswith(("/v2/", "/v3/")):
            refusal = refuse_trading(429, 42910000, "rate limit exceeded")
        else:
            refusal = refuse_data("too many requests.", 429)
        response, kind = _response(refusal), self.world.options.rate_headers
        if kind in ("retry-after", "both"):
            response.headers["Retry-After"] = str(max(1, int(60 / bucket.per_minute + 0.999)))
        if kind in ("limit", "both"):
            response.headers.update(self.world.rate_headers(0, 60 / bucket.per_minute))
        return response

    async def on_prepare(self, request, response):
        response.headers["Date"] = http_date(self.world.date())
        response.headers["Server"] = "fake-alpaca"


async def nowhere(request):
    """The answer to a path nobody serves."""
    if request.path.startswith(("/v2/", "/v3/")):
        raise refuse_trading(404, 40410000, "endpoint not found")
    raise refuse_data("endpoint not found.", 404)


async def _answer(request, handler):
    try:
        return await handler(request)
    except Refusal as refusal:
        return _response(refusal)


def _response(refusal):
    return web.Response(status=refusal.status, text=refusal.body, content_type=refusal.content_type)


def _json_or_text(text):
    try:
        return json.loads(text)
    except ValueError:
        return text
