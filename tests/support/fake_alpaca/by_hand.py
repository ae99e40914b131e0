"""The server as a person starts it: a csv, or made-up candles, as a market that moves."""

import sys

from .options import parser
from .server import main

_ABOUT = """\
A fake Alpaca on this machine: serves candles as a market that moves, with a paper account to trade on.

The candles are moved in time so that four fifths of them are history and the next closes now; coarser ones are
split into minutes. Ends with Ctrl-C.
"""
_MADE_UP = 20_000


def _by_hand():
    p = parser()
    p.description, p.usage = _ABOUT, "scripts/fake-alpaca [FILE.csv] [options]"
    p.formatter_class = type(p.formatter_class.__name__, (p.formatter_class,),
                             {"_fill_text": lambda self, text, width, indent: text})
    p.add_argument("file", nargs="?", metavar="FILE.csv",
                   help=f"timestamp,open,high,low,close,volume; absent: {_MADE_UP} made-up minutes")
    return p


def _arguments(given):
    """The command line of the server for what a person wrote; what is written wins."""
    options = _by_hand().parse_args(given)
    rest = ["--cold", *given]
    if options.file:
        rest.remove(options.file)
        rest += ["--candles", options.file]
    elif not options.candles and not options.generate:
        rest += ["--generate", str(_MADE_UP)]
    if options.file or options.candles:
        rest += ["--split"]  # leaves minutes as they are
    written = {word.split("=")[0] for word in given}
    if "--speed" not in written:
        rest += ["--speed", "1"]
    return rest if "--clock" in written else [*rest, "--clock", "80%", "--rebase"]


def _announce(at):
    lines = ["The market is open. Ctrl-C ends it.", "",
             f"  candles and trading  {at['rest']}",
             f"  bar stream           {at['stream']}/v1beta3/crypto/us",
             f"  order updates        {at['trading_stream']}",
             f"  control              {at['control']}/...  (tests/support/fake_alpaca/README.md)"]
    lines += [f"  trust                {at['ca']}"] if at["ca"] else []
    lines += ["", f"  export APCA_API_DATA_URL={at['rest']} APCA_API_BASE_URL={at['rest']} \\",
              f"    APCA_API_STREAM_URL={at['stream']}"]
    if at["key"]:
        lines.append(f"  export APCA_API_KEY_ID={at['key']} APCA_API_SECRET_KEY={at['secret']}")
    print("\n".join(lines), flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main(_arguments(sys.argv[1:]), _announce))
    except (ValueError, OSError) as problem:
        print(f"fake-alpaca: {problem}", file=sys.stderr)
        sys.exit(1)
