"""Alpaca's grammar of timeframes and the grid of each, in UTC."""

import re
from dataclasses import dataclass
from datetime import datetime, timezone

from .times import DAY

_UNITS = {"Min": "Min", "T": "Min", "Hour": "Hour", "H": "Hour", "Day": "Day", "D": "Day", "Week": "Week", "W": "Week",
          "Month": "Month", "M": "Month"}
_SHORT = {"m": "Min", "h": "Hour", "d": "Day", "w": "Week"}
_SECONDS = {"Min": 60, "Hour": 3600, "Day": DAY, "Week": 7 * DAY, "Month": 28 * DAY}
_MONDAY = 4 * DAY  # 1970-01-05


@dataclass(frozen=True)
class Timeframe:
    number: int
    unit: str  # Min, Hour, Day, Week, Month

    @property
    def seconds(self):
        """Its length; of months the shortest."""
        return self.number * _SECONDS[self.unit]

    @property
    def of_minutes(self):
        """True where Alpaca builds it from minute bars: pages are cut by the minutes they span."""
        return self.unit in ("Min", "Hour")

    def start(self, t):
        """The opening of the bar that holds second `t`. Minutes and hours count from midnight."""
        if self.unit == "Week":
            return t - (t - _MONDAY) % (7 * DAY)
        if self.unit == "Month":
            moment = datetime.fromtimestamp(t, timezone.utc)
            return _month((moment.year * 12 + moment.month - 1) // self.number * self.number)
        midnight = t - t % DAY
        return midnight + (t - midnight) // self.seconds * self.seconds

    def end(self, start):
        """Where the bar that opens at `start` ends; a day cuts bars that do not divide it."""
        if self.unit == "Month":
            moment = datetime.fromtimestamp(start, timezone.utc)
            return _month(moment.year * 12 + moment.month - 1 + self.number)
        if self.unit == "Week":
            return start + self.seconds
        return min(start + self.seconds, start - start % DAY + DAY)

    def __str__(self):
        return f"{self.number}{self.unit}"


MINUTE = Timeframe(1, "Min")
DAILY = Timeframe(1, "Day")


def _month(months):
    return int(datetime(months // 12, months % 12 + 1, 1, tzinfo=timezone.utc).timestamp())


def parse_timeframe(text):
    """A timeframe as the query names it; ValueError with Alpaca's sentence otherwise."""
    found = re.fullmatch(r"(\d{1,4})([A-Za-z]+)", text)
    if not found or found[2] not in _UNITS:
        raise ValueError(f"invalid timeframe: {text}")
    number, unit = int(found[1]), _UNITS[found[2]]
    allowed = {"Min": range(1, 60), "Hour": range(1, 24), "Day": (1,), "Week": (1,), "Month": (1, 2, 3, 4, 6, 12)}
    if number not in allowed[unit]:
        if number > max(allowed[unit]):
            raise ValueError(f"timeframe period number is larger than the allowed maximum of {max(allowed[unit])}: {text}")
        raise ValueError(f"invalid timeframe: {text}")
    return Timeframe(number, unit)


def timeframe_of_file(text):
    """A timeframe of the command line: `1h` and `1Hour` mean the same."""
    found = re.fullmatch(r"(\d+)([mhdw])", text)
    return Timeframe(int(found[1]), _SHORT[found[2]]) if found else parse_timeframe(text)


def timeframe_of_step(seconds):
    """The timeframe whose bars are `seconds` apart; ValueError where there is none."""
    for unit in ("Week", "Day", "Hour", "Min"):
        if seconds and seconds % _SECONDS[unit] == 0:
            return parse_timeframe(f"{seconds // _SECONDS[unit]}{unit}")
    raise ValueError(f"bars {seconds} s apart are of no timeframe; say --timeframe")
