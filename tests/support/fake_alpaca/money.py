"""Decimal quantities and amounts, and the text Alpaca gives them."""

from decimal import ROUND_DOWN, Decimal, InvalidOperation

QUANTUM = Decimal("0.000000001")
ZERO = Decimal(0)


def text(value):
    """Plain digits without trailing zeros; None stays None."""
    if value is None:
        return None
    plain = format(value, "f")
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return "0" if plain in ("-0", "") else plain


def cut(value):
    """Nine decimals; the rest is cut off."""
    return value.quantize(QUANTUM, rounding=ROUND_DOWN)


def of_number(number):
    """The decimal a float or integer of a candle stands for."""
    return Decimal(repr(number)) if isinstance(number, float) else Decimal(number)


def parse(value):
    """A number of a request, text or JSON number; None when it is neither."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None
