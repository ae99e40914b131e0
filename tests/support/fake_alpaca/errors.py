"""Refusals, with the bodies Alpaca gives them."""

import json

HTML = ("<html>\r\n<head><title>{status} {reason}</title></head>\r\n<body>\r\n<center><h1>{status} {reason}</h1>"
        "</center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n")

REASONS = {200: "OK", 400: "Bad Request", 401: "Authorization Required", 403: "Forbidden", 404: "Not Found",
           429: "Too Many Requests", 500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable",
           504: "Gateway Time-out"}


def html_page(status):
    return HTML.format(status=status, reason=REASONS.get(status, "Error"))


# What the bar stream says of its errors.
STREAM_ERRORS = {400: "invalid syntax", 401: "not authenticated", 402: "auth failed", 403: "already authenticated",
                 404: "auth timeout", 405: "symbol limit exceeded", 406: "connection limit exceeded", 407: "slow client",
                 409: "insufficient subscription", 410: "invalid subscribe action for this feed", 411: "insufficient scope",
                 500: "internal error"}


class Refusal(Exception):
    """Ends a request with an answer other than 200."""

    def __init__(self, status, body, content_type="application/json"):
        super().__init__(status)
        self.status, self.body, self.content_type = status, body, content_type


def refuse_data(message, status=400):
    """Market data: a message without code."""
    return Refusal(status, json.dumps({"message": message}))


def refuse_trading(status, code, message, **extras):
    """Trading: a code, a message, and what explains them."""
    return Refusal(status, json.dumps({"code": code, "message": message, **extras}))


def refuse_html(status):
    return Refusal(status, html_page(status), "text/html")


def error_text(code, message=None):
    """An error message of the bar stream."""
    return json.dumps([{"T": "error", "code": code, "msg": message or STREAM_ERRORS.get(code, "error")}])
