"""The market's clock: it stands until told to move, or runs at a multiple of real time."""

import time

from .times import SECOND


class MarketClock:
    def __init__(self, now, speed=0.0):
        self._at, self._speed = now, speed
        self._since = time.monotonic_ns()

    @property
    def speed(self):
        return self._speed

    @speed.setter
    def speed(self, value):
        self.move_to(self.now())
        self._speed = value

    def now(self):
        """Nanoseconds since the epoch."""
        if self._speed == 0:
            return self._at
        return self._at + int((time.monotonic_ns() - self._since) * self._speed)

    def move_to(self, now):
        self._at, self._since = now, time.monotonic_ns()

    def advance(self, seconds):
        self.move_to(self.now() + int(seconds * SECOND))
