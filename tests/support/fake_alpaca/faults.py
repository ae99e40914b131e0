"""The script of misbehaviour: which event is hit by which fault."""

from dataclasses import dataclass

HTTP = {"status", "html", "reset", "close", "hang", "delay", "half_body", "drip", "bad_json", "content_type", "replace",
        "huge"}
PAGE = {"repeat_token", "overlap", "duplicate_rows", "reverse_rows", "short_page", "empty_page", "empty_final_page",
        "null_bars", "no_token"}
ORDER = {"fill"}
CONNECT = {"no_greeting"}
AUTHENTICATE = {"auth_slow", "auth_error", "auth_silent"}
SUBSCRIBE = {"ack_missing_keys", "ack_drop_symbol", "subscribe_error"}
BAR = {"silence", "cut", "close_frame", "error", "missing_bar", "duplicate_bar", "late_bar", "corrected_bar", "unknown_type",
       "extra_fields", "merge_next", "fragments", "garbage"}
UPDATE = {"cut", "close_frame", "silence", "missing_update", "duplicate_update", "late_update", "null_data", "text_frame", "garbage"}

STREAMED = CONNECT | AUTHENTICATE | SUBSCRIBE | BAR | UPDATE
KINDS = HTTP | PAGE | ORDER | STREAMED
HTTP_MATCHES = {"method", "path", "query", "body", "page"}
STREAM_MATCHES = {"stream", "symbol", "t"}
MEMBERS = {
    "status": {"status", "body", "json", "html", "headers", "retry_after", "rate_headers", "reset_in", "accept"},
    "html": {"status", "accept"}, "reset": {"accept"}, "close": {"accept"}, "close_frame": {"code"}, "hang": {"seconds", "accept"},
    "delay": {"seconds"}, "half_body": {"fraction", "reset"}, "drip": {"bytes", "interval_s"},
    "bad_json": {"fraction"}, "content_type": {"value"}, "replace": {"find", "with", "count"}, "huge": {"bytes", "accept"},
    "overlap": {"bars"}, "duplicate_rows": {"bars"}, "short_page": {"rows"}, "fill": {"fills"},
    "auth_slow": {"seconds"}, "auth_error": {"code", "msg", "close"}, "subscribe_error": {"code", "msg", "close"},
    "silence": {"seconds", "pong"}, "error": {"code", "msg", "close"}, "duplicate_bar": {"times_sent"},
    "late_bar": {"bars"}, "corrected_bar": {"close", "bars"}, "fragments": {"pieces"}, "garbage": {"text"}, "late_update": {"seconds"},
}


@dataclass
class Fault:
    """One line of the script; `seen` counts the events it matches, `left` the hits it still has (None: always)."""

    id: int
    spec: dict
    left: int | None
    seen: int = 0

    @property
    def kind(self):
        return self.spec["fault"]

    def get(self, name, default=None):
        return self.spec.get(name, default)

    def to_json(self):
        return {"id": self.id, **self.spec, "seen": self.seen, "left": self.left}


class Faults:
    """The list, and behind it the weather: it hits what no line of the list does."""

    def __init__(self, weather=None):
        self._list, self._next, self._weather = [], 1, weather

    def under(self, weather):
        self._weather = weather

    def add(self, spec):
        """Its id; ValueError names what is misspelt, so that no test waits for a fault that never comes."""
        _check(spec)
        fault = Fault(self._next, spec, spec.get("times", 1))
        self._list.append(fault)
        self._next += 1
        return fault.id

    def remove(self, fault_id=None):
        self._list = [f for f in self._list if fault_id is not None and f.id != fault_id]

    def to_json(self):
        return [fault.to_json() for fault in self._list]

    def take(self, kinds, event):
        """The fault of one of `kinds` that hits this event, or None. `event` holds what `match` may ask for."""
        taken = None
        for fault in self._list:
            if fault.kind not in kinds or not _matches(fault.spec.get("match", {}), event):
                continue
            fault.seen += 1
            if taken is None and fault.seen > fault.spec.get("after", 0) and fault.left != 0:
                fault.left = None if fault.left is None else fault.left - 1
                taken = fault
        return taken or (self._weather and self._weather.fault(kinds, event))


def _check(spec):
    if not isinstance(spec, dict) or spec.get("fault") not in KINDS:
        raise ValueError(f"unknown fault {spec.get('fault') if isinstance(spec, dict) else spec!r}")
    unknown = set(spec) - {"fault", "match", "after", "times"} - MEMBERS.get(spec["fault"], set())
    unknown |= set(spec.get("match", {})) - (STREAM_MATCHES if spec["fault"] in STREAMED else HTTP_MATCHES)
    if unknown:
        raise ValueError(f"fault {spec['fault']} has no member {', '.join(sorted(unknown))}")


def _matches(match, event):
    for name, wanted in match.items():
        found = event.get(name)
        if name == "path" and wanted.endswith("*"):
            if not (found or "").startswith(wanted[:-1]):
                return False
        elif name in ("query", "body"):
            if any((found or {}).get(key) != value for key, value in wanted.items()):
                return False
        elif found != wanted:
            return False
    return "stream" in match or event.get("stream") != "trading"
