"""What was asked, for tests to look at. Values of headers are never kept: keys travel in them."""

import time

from .times import time_text


class RequestLog:
    def __init__(self, clock):
        self._clock, self.entries, self._count = clock, [], 0

    def begin(self, request, body):
        self._count += 1
        entry = {"n": self._count, "at": time_text(time.time_ns()), "market_time": time_text(self._clock.now()),
                 "method": request.method, "path": request.path, "query": dict(request.query),
                 "headers": list(request.headers.keys()), "body": body, "status": None, "fault": None}
        self.entries.append(entry)
        return entry

    def clear(self):
        self.entries.clear()
