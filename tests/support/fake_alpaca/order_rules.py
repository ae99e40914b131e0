"""What the body of a new order must look like before anybody looks at money."""

from dataclasses import dataclass
from decimal import Decimal

from .errors import refuse_trading
from .money import cut, parse


@dataclass
class Request:
    """The fields of a new order, checked."""

    symbol: str
    side: str
    type: str
    time_in_force: str
    qty: Decimal | None
    notional: Decimal | None
    limit_price: Decimal | None
    stop_price: Decimal | None
    client_order_id: str | None


def _refuse(message, code=40010001):
    return refuse_trading(422, code, message)


def check_request(body):
    """The Request of a JSON object; raises Alpaca's refusal of the first rule it breaks."""
    if not body.get("symbol"):
        raise _refuse("symbol is required")
    if body.get("side") not in ("buy", "sell"):
        raise _refuse("invalid side")
    kind = body.get("type")
    if kind not in ("market", "limit", "stop_limit"):
        known = kind in ("stop", "trailing_stop")
        raise _refuse("invalid order type for crypto order", 42210000) if known else _refuse("invalid order type")
    if body.get("time_in_force") not in ("gtc", "ioc"):
        raise _refuse("invalid crypto time_in_force", 42210000)
    if body.get("order_class") not in (None, "", "simple"):
        raise _refuse(f"crypto orders not allowed for advanced order_class: {body['order_class']}", 42210000)
    qty, notional = _amount(body)
    limit_price, stop_price = _prices(body, kind)
    name = body.get("client_order_id")
    if name is not None and not isinstance(name, str):
        raise refuse_trading(400, 40010000, "request body format is invalid")
    if name and len(name) > 128:
        raise _refuse("client_order_id must be no more than 128 characters")
    return Request(body["symbol"], body["side"], kind, body["time_in_force"], qty, notional, limit_price, stop_price,
                   name or None)


def _amount(body):
    has_qty, has_notional = body.get("qty") is not None, body.get("notional") is not None
    if not has_qty and not has_notional:
        raise _refuse("qty or notional is required")
    if has_qty and has_notional:
        raise _refuse("only one of qty or notional is accepted")
    name = "qty" if has_qty else "notional"
    value = parse(body[name])
    if value is None:
        raise refuse_trading(400, 40010000, "request body format is invalid")
    if value <= 0 or (has_qty and cut(value) <= 0):
        raise _refuse(f"{name} must be > 0")
    if has_qty:
        return cut(value), None
    if value != value.quantize(Decimal("0.01")):
        raise _refuse("notional value must be limited to 2 decimal places", 42210000)
    return None, value


def _prices(body, kind):
    limit_price, stop_price = parse(body.get("limit_price")), parse(body.get("stop_price"))
    if kind == "market" and (body.get("limit_price") is not None or body.get("stop_price") is not None):
        raise _refuse("market orders require no stop or limit price")
    if kind == "limit" and (limit_price is None or limit_price <= 0):
        raise _refuse("limit orders require a limit price")
    if kind == "stop_limit" and (limit_price is None or stop_price is None or limit_price <= 0 or stop_price <= 0):
        raise _refuse("stop limit orders require both stop and limit price")
    return limit_price, stop_price
