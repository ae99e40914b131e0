"""Instants are integers: nanoseconds since the epoch for the clock, seconds for the opening of a bar."""

import re
from datetime import datetime, timezone
from email.utils import formatdate

SECOND = 1_000_000_000
DAY = 86_400

_RFC3339 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d))?")


def parse_time(text):
    """Nanoseconds of an RFC 3339 time or of a date (midnight UTC); ValueError on anything else.

    A time without offset is refused, as Alpaca refuses it.
    """
    found = _RFC3339.fullmatch(text)
    if not found:
        raise ValueError(f"'{text}' is neither RFC 3339 nor a date")
    year, month, day, hour, minute, second, fraction, offset = found.groups()
    moment = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0),
                      tzinfo=timezone.utc)
    seconds = (moment - datetime(1970, 1, 1, tzinfo=timezone.utc)).total_seconds()
    if offset and offset not in "Zz":
        sign = 1 if offset[0] == "+" else -1
        seconds -= sign * (int(offset[1:3]) * 3600 + int(offset[4:6]) * 60)
    return int(seconds) * SECOND + int((fraction or "").ljust(9, "0"))


def time_text(nanoseconds):
    """RFC 3339 in UTC, with the fraction only where there is one."""
    seconds, rest = divmod(nanoseconds, SECOND)
    fraction = f".{rest:09d}".rstrip("0") if rest else ""
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S") + fraction + "Z"


def http_date(nanoseconds):
    return formatdate(nanoseconds // SECOND, usegmt=True)


def day_start(seconds):
    return seconds - seconds % DAY


def bar_time_texts(times):
    """The `t` of many bars; a day's text is made once, so that a million bars take a fraction of a second."""
    clock = [f"T{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}Z" for s in range(0, DAY, 60)]
    days = {}
    texts = []
    for t in times:
        day, second = divmod(t, DAY)
        date = days.get(day)
        if date is None:
            date = days[day] = datetime.fromtimestamp(day * DAY, timezone.utc).strftime("%Y-%m-%d")
        texts.append(date + (clock[second // 60] if second % 60 == 0 else
                             f"T{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}Z"))
    return texts
