"""The tradable pairs."""

import uuid

from .errors import refuse_trading

NAMES = {"BTC": "Bitcoin", "ETH": "Ethereum", "LTC": "Litecoin", "SOL": "Solana", "DOGE": "Dogecoin", "USD": "US Dollar"}
_ALWAYS = ("BTC/USD", "ETH/USD", "LTC/USD", "SOL/USD", "DOGE/USD")


class Assets:
    """Symbol -> the members of its asset. A pair that is not against USD is listed and cannot be traded."""

    def __init__(self, symbols):
        self.all = {symbol: _asset(symbol) for symbol in sorted({*_ALWAYS, *symbols})}

    def find(self, name):
        """By `BTC/USD`, `BTCUSD` or id; None when there is none."""
        for symbol, asset in self.all.items():
            if name in (symbol, symbol.replace("/", ""), asset["id"]):
                return asset
        return None

    def tradable(self, name):
        """The asset an order names, or Alpaca's refusal."""
        asset = self.find(name)
        if asset is None:
            raise refuse_trading(422, 42210000, f'asset "{name}" not found')
        if asset["status"] != "active":
            raise refuse_trading(422, 42210000, f"asset {asset['symbol']} is not active")
        if not asset["tradable"]:
            raise refuse_trading(422, 42210000, f"asset {asset['symbol']} is not tradable")
        return asset


def _asset(symbol):
    base, quote = symbol.split("/")
    return {"id": str(uuid.uuid5(uuid.NAMESPACE_DNS, symbol)), "class": "crypto", "exchange": "CRYPTO", "symbol": symbol,
            "name": f"{NAMES.get(base, base)} / {NAMES.get(quote, quote)}", "status": "active", "tradable": quote == "USD",
            "marginable": False, "shortable": False, "easy_to_borrow": False, "fractionable": True, "attributes": [],
            "min_order_size": "0.000020", "min_trade_increment": "0.000000001", "price_increment": "1"}
