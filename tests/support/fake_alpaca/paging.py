"""Which bars stand on a page, and the token that leads to the next."""

import base64
import binascii
import json
from dataclasses import dataclass, field

from .times import SECOND


@dataclass
class Page:
    """`pieces` are (visible, first row, end row) in the order they are sent."""

    pieces: list = field(default_factory=list)
    token: str | None = None
    newest_first: bool = False

    def body(self, bars_null=False, with_token=True):
        texts = {}
        for visible, i, j in self.pieces:
            texts.setdefault(visible.symbol, []).append(visible.text(i, j, self.newest_first))
        symbols = b",".join(json.dumps(symbol).encode() + b":[" + b",".join(parts) + b"]"
                            for symbol, parts in texts.items())
        bars = b"null" if bars_null else b"{" + symbols + b"}"
        token = b',"next_page_token":' + json.dumps(self.token).encode() if with_token else b""
        return b'{"bars":' + bars + token + b"}"

    def last_token(self):
        """The token that goes on after the page's last bar."""
        if not self.pieces:
            return None
        visible, i, j = self.pieces[-1]
        return make_token(visible, visible.time(i if self.newest_first else j - 1))


def make_token(visible, t):
    kind = "M" if visible.candles.timeframe.of_minutes else "D"
    return base64.b64encode(f"{visible.symbol}|{kind}|{t * SECOND}".encode()).decode()


def parse_token(text):
    """(symbol, opening of the last bar sent); ValueError when it is none of ours."""
    try:
        symbol, _, t = base64.b64decode(text, validate=True).decode().split("|")
        return symbol, int(t) // SECOND
    except (binascii.Error, UnicodeDecodeError, ValueError) as problem:
        raise ValueError("invalid page_token") from problem


def cut_page(ranges, limit, newest_first, token):
    """The page of at most `limit` bars that follows `token`.

    `ranges` are (visible, first row, end row) of each symbol in order: first by symbol, then by time.
    """
    page, left = Page(newest_first=newest_first), limit
    symbol, after = parse_token(token) if token else (None, None)
    for visible, i, j in ranges:
        if symbol is not None and visible.symbol < symbol:
            continue
        if visible.symbol == symbol:
            i, j = (i, min(j, visible.first_from(after))) if newest_first else (max(i, visible.first_from(after + 1)), j)
        if i >= j:
            continue
        if left == 0:
            page.token = page.last_token()
            break
        count = min(left, j - i)
        page.pieces.append((visible, j - count, j) if newest_first else (visible, i, i + count))
        left -= count
        if count < j - i:
            page.token = page.last_token()
            break
    return page


def spoil_page(page, fault, first_page, sent_token):
    """A page with the fault's mistake in it; the original is changed."""
    kind = fault.kind
    start = sent_token or (_before(*first_page, page.newest_first) if first_page else None)
    if kind == "repeat_token":
        page.token = start
    elif kind == "empty_page":
        page.pieces, page.token = [], start
    elif kind == "empty_final_page" and page.token is None:
        page.token = page.last_token()
    elif kind == "overlap" and page.pieces and sent_token:
        visible, i, j = page.pieces[0]
        bars = fault.get("bars", 1)
        page.pieces[0] = (visible, i, min(j + bars, len(visible))) if page.newest_first else (visible, max(0, i - bars), j)
    elif kind == "duplicate_rows" and page.pieces:
        visible, i, j = page.pieces[-1]
        bars = min(fault.get("bars", 1), j - i)
        page.pieces.append((visible, i, i + bars) if page.newest_first else (visible, j - bars, j))
    elif kind == "reverse_rows":
        page.newest_first = not page.newest_first


def _before(visible, i, j, newest_first):
    """A token that leads to the page itself."""
    t = visible.time(j - 1) + 1 if newest_first else visible.time(i) - 1
    return make_token(visible, t)
