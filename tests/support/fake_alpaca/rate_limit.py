"""Alpaca's limiter: a bucket of N requests that fills by N a minute, in real time, or in the market's where that runs faster."""

import time


class Bucket:
    def __init__(self, per_minute, clock):
        self.per_minute, self._clock = per_minute, clock
        self._tokens, self._at = float(per_minute), time.monotonic()

    def take(self):
        """False when the request is one too many."""
        if not self.per_minute:
            return True
        now = time.monotonic()
        self._tokens = min(self.per_minute, self._tokens + (now - self._at) * max(1, self._clock.speed) * self.per_minute / 60)
        self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    @property
    def remaining(self):
        return int(self._tokens)

    @property
    def full_in(self):
        """Seconds until the bucket is full again."""
        return (self.per_minute - self._tokens) * 60 / self.per_minute if self.per_minute else 0
