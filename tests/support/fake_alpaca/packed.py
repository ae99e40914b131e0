"""MessagePack, for clients that ask for it on the bar stream, as Alpaca's own SDKs do."""

import json

from .times import SECOND, parse_time

try:
    import msgpack
except ImportError:  # Debian's python3-msgpack
    msgpack = None

spoken = msgpack is not None


def pack(text):
    """The frame of a JSON text; times are MessagePack's own."""
    return msgpack.packb(_with_times(json.loads(text)))


def unpack(frame):
    """The JSON text of a frame; empty when it is none."""
    try:
        return json.dumps(msgpack.unpackb(frame))
    except (ValueError, TypeError, msgpack.UnpackException):
        return ""


def _with_times(value):
    if isinstance(value, list):
        return [_with_times(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {name: _time(item) if name == "t" and isinstance(item, str) else _with_times(item) for name, item in value.items()}


def _time(text):
    return msgpack.Timestamp(*divmod(parse_time(text), SECOND))
