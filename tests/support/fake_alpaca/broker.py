"""Takes orders, holds what they need, fills them and tells the update stream."""

import uuid
from decimal import Decimal

from .account import Account, Position, position_json
from .assets import Assets
from .errors import refuse_trading
from .faults import ORDER
from .fees import DayEndFees
from .money import ZERO, cut, of_number, parse, text
from .order_rules import Request
from .orders import Order
from .times import time_text
from .weather import Lagging

MINIMUM, MAXIMUM = Decimal(10), Decimal(200_000)
_BLOCKS = ("trading_blocked", "account_blocked", "trade_suspended_by_user")


class Broker:
    """One account and its orders.

    Everything here happens at once; what takes time in an order's life goes through `later(seconds, function)`, so
    that the answer to a request is on its way before what it started. `tell(update)` is given every order update.
    """

    def __init__(self, world, later, tell):
        self._world, self._later, self._tell = world, later, tell
        self.reset()

    def reset(self):
        options = self._world.options
        self.assets = Assets(self._world.market.candles)
        self.account = Account(options.cash)
        self.orders, self.activities = [], []
        self._by_id, self._by_name, self._open = {}, {}, []
        self.fills, self.fill_delay = options.fills, options.fill_delay
        self.fee_bps, self.spread_bps = Decimal(options.fee_bps), Decimal(options.spread_bps)
        self._now_prices = {}
        self.fees, self._owed = self._world.weather["fees"] or options.fees, DayEndFees(self._world.clock.now())
        self._views = {name: Lagging(self._world.clock) for name in ("account", "positions")}
        self._order_views = {}

    # What the market says

    def price(self, symbol):
        price = self._world.market.fixed_prices.get(symbol, self._now_prices.get(symbol))
        price = self._world.market.price(symbol) if price is None else price
        return None if price is None else of_number(price)

    def quote(self, symbol):
        """(bid, ask) around the last price."""
        price, half = self.price(symbol), self.spread_bps / 20_000
        return price * (1 - half), price * (1 + half)

    def _market_price(self, symbol, buying):
        if self.price(symbol) is None:
            raise refuse_trading(422, 42210000, f"asset {symbol} has no price yet")
        return self.quote(symbol)[1 if buying else 0]

    # What the account has

    def available_dollars(self):
        return self.account.cash - sum((order.held_dollars() for order in self.open_orders()), ZERO)

    def available_qty(self, symbol):
        held = sum((order.held_qty() for order in self.open_orders() if order.symbol == symbol), ZERO)
        return self.account.qty(symbol) - held

    def shown_account(self):
        """What the account's endpoint says, which may lag."""
        return self._views["account"].answer(self.account_json())

    def shown_positions(self):
        return self._views["positions"].answer(self.positions_json())

    def shown_order(self, order):
        view = self._order_views.get(order.id)
        return view.answer(order.to_json()) if view else order.to_json()

    def _about_to_change(self, order):
        """Keeps what the views say, for as long as the weather lets each lag behind a fill or a cancel."""
        shown_at = self._world.weather.shown_at
        self._views["account"].change(shown_at("account"), self.account_json())
        self._views["positions"].change(shown_at("positions"), self.positions_json())
        at = shown_at("orders")
        if at is not None:
            self._order_views.setdefault(order.id, Lagging(self._world.clock)).change(at, order.to_json())

    def account_json(self):
        return self.account.to_json(self.price, self.account.cash - self.available_dollars())

    def positions_json(self):
        return [position_json(symbol, self.assets.find(symbol)["id"], held, self.available_qty(symbol), self.price(symbol))
                for symbol, held in sorted(self.account.positions.items())]

    def set_positions(self, positions):
        self.account.positions = {
            symbol: Position(parse(p["qty"]), parse(p.get("avg_entry_price")) or self.price(symbol) or ZERO)
            for symbol, p in positions.items()}

    # Orders

    def submit(self, request, body, replaces=None):
        """Accepts a checked request or raises Alpaca's refusal; what follows comes later."""
        asset = self.assets.tradable(request.symbol)
        if request.client_order_id in self._by_name:
            raise refuse_trading(422, 40010001, "client_order_id must be unique")
        order = self._make(request, asset, replaces)
        self._check_money(order)
        fault = self._world.faults.take(ORDER, {"method": "POST", "path": "/v2/orders", "body": body})
        order.fills = fault.get("fills") if fault else self.fills
        self.orders.append(order)
        self._open.append(order)
        self._by_id[order.id] = self._by_name[order.client_order_id] = order
        self._later(self.fill_delay, lambda: self._begin(order))
        return order

    def _make(self, request, asset, replaces):
        number = len(self.orders) + 1
        order_id = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{number} {self._world.clock.now()} {id(self)}"))
        order = Order(order_id, request.client_order_id or str(uuid.uuid4()), asset["id"], asset["symbol"], request.side,
                      request.type, request.time_in_force, self._world.clock.now() + number, request.qty, request.notional,
                      request.limit_price, request.stop_price, self.fills, replaces=replaces)
        order.reserve_price = request.limit_price or self._market_price(order.symbol, order.buying)
        return order

    def _check_money(self, order):
        account = self.account_json()
        if account.get("status") != "ACTIVE" or any(account.get(name) for name in _BLOCKS):
            raise refuse_trading(403, 40310000, "account is not allowed to trade")
        cost = order.notional if order.notional is not None else order.qty * order.reserve_price
        if cost < MINIMUM:
            raise refuse_trading(403, 40310000, f"cost basis must be >= minimal amount of order {MINIMUM}")
        if cost > MAXIMUM:
            raise refuse_trading(403, 40310000, f"order notional must be <= maximal amount of order {MAXIMUM}")
        if any(o.symbol == order.symbol and o.side != order.side for o in self.open_orders()):
            kind = "market" if order.type == "market" else "limit"
            raise refuse_trading(403, 40310000, "potential wash trade detected. use complex orders",
                                 reject_reason=f"opposite side {kind} order exists")
        self._check_balance(order, cost)

    def _check_balance(self, order, cost):
        if order.buying:
            name, requested, available, balance = "USD", cost, self.available_dollars(), self.account.cash
        else:
            name = order.symbol.split("/")[0]
            requested = order.qty if order.qty is not None else cut(cost / order.reserve_price)
            available, balance = self.available_qty(order.symbol), self.account.qty(order.symbol)
        if requested > available:
            raise refuse_trading(
                403, 40310000, f"insufficient balance for {name} (requested: {text(requested)}, available: {text(available)})",
                symbol=name, balance=text(balance), available=text(available))

    def find(self, order_id=None, client_order_id=None):
        return self._by_id.get(order_id) or self._by_name.get(client_order_id)

    def open_orders(self):
        self._open = [order for order in self._open if order.open]
        return list(self._open)

    def cancel(self, order):
        """Takes the request to cancel; a fill may win the race. An order that ended without fill is canceled already."""
        if order.status in ("filled", "replaced", "expired", "rejected"):
            raise refuse_trading(422, 42210000, f'order is already in "{order.status}" state')
        if order.open and order.status != "pending_cancel":
            order.status, order.resting = "pending_cancel", False
            self._later(self.fill_delay, lambda: self._end(order, "canceled"))

    def replace(self, order, request, body):
        """The order ends; a new one with the changes takes its place."""
        if order.status not in ("new", "partially_filled") or order.notional is not None:
            raise refuse_trading(422, 42210000, f'order in "{order.status}" state cannot be replaced')
        before, order.status = order.status, "replaced"  # its funds are free for the new one
        try:
            fresh = self.submit(request, body, replaces=order.id)
        except Exception:
            order.status = before
            raise
        order.resting, order.replaced_by = False, fresh.id
        self._end(order, "replaced")
        return fresh

    def close_position(self, symbol, qty):
        return self.submit(Request(symbol, "sell", "market", "gtc", qty, None, None, None, None), {})

    # An order's life

    def _begin(self, order):
        if order.status != "pending_new":
            return
        if order.fills == "reject":
            self._end(order, "rejected")
            return
        order.status = "new"
        self._update(order, "new")
        if order.fills == "manual":
            return
        self._later(self.fill_delay, lambda: self._try(order))

    def match(self, prices=None):
        """Looks at every waiting order again. `prices` are those of the moment, where they are not the clock's."""
        self._now_prices = prices or {}
        for order in self.open_orders():
            if order.resting:
                self._try(order)
        self._now_prices = {}

    def _try(self, order):
        if not order.open or order.status == "pending_cancel":
            return
        if self.price(order.symbol) is None:
            order.resting = True
            return
        bid, ask = self.quote(order.symbol)
        price = ask if order.buying else bid
        order.resting = not self._marketable(order, price)
        if order.resting:
            if order.time_in_force == "ioc":
                self._end(order, "canceled")
            return
        rest = self._rest(order, price)
        if not order.buying and rest > self.account.qty(order.symbol):  # the position was taken from under it
            self._end(order, "rejected")
            return
        if order.fills == "immediate" or order.filled_qty > 0:
            self.execute(order, rest, price)
            return
        self.execute(order, cut(rest * 4 / 10), price)
        finish = self._try if order.fills == "partial" else (lambda o: self._end(o, "canceled"))
        self._later(self.fill_delay, lambda: finish(order))

    def _marketable(self, order, price):
        if order.type == "stop_limit" and not order.triggered:
            order.triggered = price >= order.stop_price if order.buying else price <= order.stop_price
            if not order.triggered:
                return False
        if order.limit_price is None:
            return True
        return price <= order.limit_price if order.buying else price >= order.limit_price

    def _rest(self, order, price):
        if order.qty is not None:
            return order.qty - order.filled_qty
        return cut((order.notional - order.worth) / price)

    def fill_by_hand(self, order, qty, price):
        """One execution of an open order; ValueError when it cannot be."""
        if not order.open:
            raise ValueError(f"order {order.id} is {order.status}")
        price = price or self._market_price(order.symbol, order.buying)
        rest = self._rest(order, price)
        qty = rest if qty is None else qty
        if qty > rest or (not order.buying and qty > self.account.qty(order.symbol)):
            raise ValueError(f"order {order.id} has only {text(rest)} left")
        self.execute(order, qty, price)

    def execute(self, order, qty, price):
        """Books one execution and tells of it."""
        if qty <= 0:
            return
        self._about_to_change(order)
        fee, book = self.fee_bps / 10_000, self.account.buy if order.buying else self.account.sell
        if self.fees == "day_end":
            self._owed.owe(order, qty, price, fee, self._world.clock.now())
        book(order.symbol, qty, price, fee if self.fees == "fill" else ZERO)
        order.filled_qty += qty
        order.worth += qty * price
        done = self._rest(order, price) <= 0
        order.status = "filled" if done else ("pending_cancel" if order.status == "pending_cancel" else "partially_filled")
        if done:
            order.times["filled_at"] = self._world.clock.now()
            order.qty = order.filled_qty if order.qty is None else order.qty
        self._record(order, qty, price, "fill" if done else "partial_fill")

    def _record(self, order, qty, price, event):
        now, number = self._world.clock.now(), len(self.activities) + 1
        rest = ZERO if event == "fill" else self._rest(order, price)
        self.activities.append({
            "id": f"{time_text(now)[:19].translate(str.maketrans('', '', '-:T'))}{number:03d}::{uuid.uuid4()}",
            "activity_type": "FILL", "transaction_time": time_text(now), "type": event, "price": text(price), "qty": text(qty),
            "cum_qty": text(order.filled_qty), "leaves_qty": text(rest), "side": order.side, "symbol": order.symbol,
            "order_id": order.id, "order_status": order.status})
        self._update(order, event, execution_id=str(uuid.uuid4()), price=text(price), qty=text(qty),
                     position_qty=text(self.account.qty(order.symbol)), timestamp=time_text(now))

    def end_day_if_over(self):
        if self._owed.day_is_over(self._world.clock.now()):
            self.post_fees()

    def post_fees(self):
        """Takes what the fills of the day owe; the rows it wrote."""
        rows = self._owed.post(self)
        self.activities += rows
        return rows

    def reject(self, order):
        if not order.open:
            raise ValueError(f"order {order.id} is {order.status}")
        self._end(order, "rejected")

    def _end(self, order, status):
        if not order.open and status != "replaced":
            return
        self._about_to_change(order)
        order.status, order.resting = status, False
        moment = {"rejected": "failed_at"}.get(status, f"{status}_at")
        order.times[moment] = self._world.clock.now()
        self._update(order, status)

    def _update(self, order, event, **execution):
        self._tell({"stream": "trade_updates", "data": {
            "event": event, "at": time_text(self._world.clock.now()), "event_id": uuid.uuid4().hex[:26].upper(), **execution,
            "order": order.to_json()}})
