"""Who may ask: keys in two headers, optional for crypto data, required for trading."""

from .errors import refuse_data, refuse_html

KEY_HEADER, SECRET_HEADER = "APCA-API-KEY-ID", "APCA-API-SECRET-KEY"


def header_keys(request):
    """(key, secret) as sent; None for a header that is absent."""
    return request.headers.get(KEY_HEADER), request.headers.get(SECRET_HEADER)


def check_data_keys(request, keys, html):
    """No keys are fine, wrong ones and half a pair are not; nor is another kind of authorization."""
    sent = header_keys(request)
    if sent == (None, None) and "Authorization" not in request.headers:
        return
    if sent != keys:
        raise refuse_html(401) if html else refuse_data("unauthorized.", 401)


def check_trading_keys(request, keys):
    sent = header_keys(request)
    if sent == (None, None):
        raise refuse_html(401)
    if sent != keys:
        raise refuse_data("unauthorized.", 401)
