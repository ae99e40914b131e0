"""An order and its JSON."""

from dataclasses import dataclass, field
from decimal import Decimal

from .money import ZERO, text
from .times import time_text

OPEN = {"pending_new", "accepted", "new", "partially_filled", "pending_cancel", "pending_replace", "held", "suspended"}


@dataclass
class Order:
    id: str
    client_order_id: str
    asset_id: str
    symbol: str
    side: str
    type: str
    time_in_force: str
    created_at: int  # nanoseconds, as all times here
    qty: Decimal | None
    notional: Decimal | None
    limit_price: Decimal | None
    stop_price: Decimal | None
    fills: str
    status: str = "pending_new"
    filled_qty: Decimal = ZERO
    worth: Decimal = ZERO  # dollars of all executions
    reserve_price: Decimal = ZERO  # what a unit is held at while the order is open
    triggered: bool = False  # a stop whose price was reached
    resting: bool = False  # waits for the price; nothing of it is scheduled
    times: dict = field(default_factory=dict)  # filled_at, canceled_at ... where they happened
    replaces: str | None = None
    replaced_by: str | None = None

    @property
    def open(self):
        return self.status in OPEN

    @property
    def buying(self):
        return self.side == "buy"

    def held_dollars(self):
        """What an open purchase keeps back."""
        if not (self.open and self.buying):
            return ZERO
        if self.notional is not None:
            return max(ZERO, self.notional - self.worth)
        return (self.qty - self.filled_qty) * self.reserve_price

    def held_qty(self):
        """What an open sale keeps back."""
        if not self.open or self.buying:
            return ZERO
        if self.qty is not None:
            return self.qty - self.filled_qty
        return max(ZERO, self.notional / self.reserve_price - self.filled_qty)

    def to_json(self):
        moment = {name: time_text(self.times[name]) if name in self.times else None
                  for name in ("filled_at", "expired_at", "canceled_at", "failed_at", "replaced_at")}
        updated = max([self.created_at, *self.times.values()])
        average = self.worth / self.filled_qty if self.filled_qty else None
        return {
            "id": self.id, "client_order_id": self.client_order_id, "created_at": time_text(self.created_at),
            "updated_at": time_text(updated), "submitted_at": time_text(self.created_at), **moment,
            "replaced_by": self.replaced_by, "replaces": self.replaces, "asset_id": self.asset_id, "symbol": self.symbol,
            "asset_class": "crypto", "notional": text(self.notional), "qty": text(self.qty),
            "filled_qty": text(self.filled_qty), "filled_avg_price": text(round(average, 9) if average else None),
            "order_class": "", "order_type": self.type, "type": self.type, "side": self.side,
            "position_intent": "buy_to_open" if self.buying else "sell_to_close", "time_in_force": self.time_in_force,
            "limit_price": text(self.limit_price), "stop_price": text(self.stop_price), "status": self.status,
            "extended_hours": False, "legs": None, "trail_percent": None, "trail_price": None, "hwm": None,
            "subtag": None, "source": None}
