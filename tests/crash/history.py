"""Is a recorded concurrent history possible for registers that do one thing at a time?

A history is what clients saw of one stream: when each call began and ended, and what it said. It is
linearizable if every call can be given one instant between its beginning and its end, so that, done
one after the other at those instants, each would have said what it said. (The search is that of Wing
and Gong, with the states already seen remembered.)

The stream is a counter of versions. `append` with an expected version adds one if that is the
version, else is refused and names the version there is; `read` names the version. A call without an
answer may have had its effect at any time after its beginning, or never.
"""

from dataclasses import dataclass

NEVER = float("inf")


@dataclass
class Call:
    kind: str  # "append" or "read"
    begun: float
    ended: float = NEVER
    expected: int | None = None  # of an append
    said: int | None = None  # the version after it; of a refusal, the version there is
    done: bool | None = None  # of an append: True, refused False, no answer None

    def after(self, version):
        """The version after this call at that version; None if it could not have said this."""
        if self.kind == "read":
            return version if self.said == version else None
        fits = self.expected is None or self.expected == version
        if self.done is None:
            return version + 1 if fits else version
        if self.done:
            return version + 1 if fits and self.said == version + 1 else None
        return version if not fits and self.said == version else None


def is_linearizable(calls, version=0):
    """Whether the calls on one stream, which has that version at first, can be put in an order."""
    calls = sorted((call for call in calls if call.kind == "append" or call.ended < NEVER),
                   key=lambda call: call.begun)
    must = sum(1 << place for place, call in enumerate(calls) if call.ended < NEVER)
    seen = set()
    waiting = [(0, version)]
    while waiting:
        done, now = waiting.pop()
        if done & must == must:
            return True
        if (done, now) in seen:
            continue
        seen.add((done, now))
        # Next can be whatever began before the first end among those that remain.
        first_end = min(call.ended for place, call in enumerate(calls) if not done >> place & 1)
        for place, call in enumerate(calls):
            if call.begun > first_end:
                break
            if not done >> place & 1:
                then = call.after(now)
                if then is not None:
                    waiting.append((done | 1 << place, then))
    return False
