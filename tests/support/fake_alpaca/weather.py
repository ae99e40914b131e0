"""Days on which nothing is broken and little is as it should be: misbehaviour drawn from a seed."""

import json
import random
from pathlib import Path

from .faults import AUTHENTICATE, BAR, HTTP, ORDER, SUBSCRIBE, UPDATE, Fault
from .times import SECOND

CALM = {"seed": 0, "lag_s": 0, "lag_share": 0, "lagging": ["account", "positions"], "refusals": 0, "stream_errors": 0,
        "partial": 0, "late_updates": 0, "late_s": 5, "repeated_updates": 0, "accepted_504": 0, "fees": None}
_VIEWS = {"account", "positions", "orders"}
_SHARES = ("lag_share", "refusals", "stream_errors", "partial", "late_updates", "repeated_updates", "accepted_504")
_REFUSALS = ({"status": 401, "html": True}, {"status": 403, "json": {"message": "forbidden."}},
             {"status": 404, "json": {"message": "Not Found"}}, {"status": 404, "html": True},
             {"status": 429}, {"status": 500}, {"status": 503, "html": True}, {"status": 200, "html": True})


def read_weather(text):
    """The weather of a command line: JSON, or the name of a file that holds it."""
    if not text:
        return {}
    return json.loads(text if text.lstrip().startswith("{") else Path(text).read_text())


class Weather:
    """What is drawn, each kind from a sequence of its own, so that one more request does not move the lags.

    `drawn` counts what came of it. Lags are seconds of the market's clock.
    """

    def __init__(self, clock, spec=None):
        self._clock, self.spec = clock, {**CALM, **_checked(spec or {})}
        self.drawn, self._sequences = {}, {}

    def __getitem__(self, name):
        return self.spec[name]

    def _sequence(self, name):
        return self._sequences.setdefault(name, random.Random(f"{self['seed']} {name}"))

    def _happens(self, share, name=None):
        name = name or share
        if not self[share] or self._sequence(name).random() >= self[share]:
            return False
        self.drawn[name] = self.drawn.get(name, 0) + 1
        return True

    def shown_at(self, view):
        """When a change that happens now is seen in `view`; None: at once."""
        if view not in self["lagging"] or not self._happens("lag_share", f"lag of {view}"):
            return None
        return self._clock.now() + int(self._sequence(f"seconds of {view}").random() * self["lag_s"] * SECOND)

    def fault(self, kinds, event):
        """The misbehaviour of an event that no fault was written for, or None."""
        for mine, draw in ((HTTP, self._http), (ORDER, self._order), (AUTHENTICATE, self._authentication),
                           (SUBSCRIBE, self._subscription), (BAR, self._bar), (UPDATE, self._update)):
            if kinds is mine:
                spec = draw(event)
                return spec and Fault(0, spec, None)
        return None

    def _http(self, event):
        if self._happens("refusals"):
            return {"fault": "status", **self._sequence("refusal").choice(_REFUSALS)}
        ordering = event.get("method") == "POST" and event.get("path") == "/v2/orders"
        if ordering and self._happens("accepted_504"):
            return {"fault": "status", "status": 504, "html": True, "accept": True}
        return None

    def _order(self, _):
        return {"fault": "fill", "fills": "partial"} if self._happens("partial") else None

    def _authentication(self, event):
        if not self._happens("stream_errors", f"refused authentications of {event['stream']}"):
            return None
        return {"fault": "auth_error", "code": self._sequence("code").choice((402, 406)), "close": True}

    def _subscription(self, _):
        if not self._happens("stream_errors", "refused subscriptions"):
            return None
        return {"fault": "subscribe_error", "code": 409, "close": True}

    def _bar(self, _):
        if not self._happens("stream_errors", "broken bar streams"):
            return None
        code = self._sequence("broken").choice((402, 406, 409, None))
        return {"fault": "error", "code": code, "close": True} if code else {"fault": "cut"}

    def _update(self, _):
        if self._happens("stream_errors", "broken update streams"):
            return {"fault": "cut"}
        if self._happens("late_updates"):
            return {"fault": "late_update", "seconds": self._sequence("late").random() * self["late_s"]}
        return {"fault": "duplicate_update"} if self._happens("repeated_updates") else None

    def to_json(self):
        return {**self.spec, "drawn": self.drawn}


class Lagging:
    """What one view answers while its changes are on their way: each time what was true before the oldest of them."""

    def __init__(self, clock):
        self._clock, self._before = clock, []

    def change(self, shown_at, answer):
        """`answer` is what the view says before a change that is shown at `shown_at`."""
        if shown_at is not None:
            self._before.append((shown_at, answer))

    def answer(self, truth):
        now = self._clock.now()
        self._before = [entry for entry in self._before if entry[0] > now]
        return self._before[0][1] if self._before else truth


def _checked(spec):
    if not isinstance(spec, dict):
        raise ValueError("the weather is a JSON object")
    unknown = set(spec) - set(CALM)
    if unknown:
        raise ValueError(f"the weather has no {', '.join(sorted(unknown))}")
    for name in _SHARES:
        if not 0 <= float(spec.get(name, 0)) <= 1:
            raise ValueError(f"{name} of the weather is a share, from 0 to 1")
    if set(spec.get("lagging", [])) - _VIEWS:
        raise ValueError(f"lagging is of {', '.join(sorted(_VIEWS))}")
    if spec.get("fees") not in (None, "fill", "day_end"):
        raise ValueError("fees of the weather are fill or day_end")
    return spec
