"""Several servers of one model: requests go to the one with the least under way; a dead one is left out a while."""

import time
from collections.abc import Sequence
from typing import Any

from macla.errors import InfrastructureError
from macla.models.openai.completion import Completion
from macla.models.openai.transport import AttemptError, Patient, Transport

REST_S = 15.0
"""Seconds for which a server that failed is asked only when no other is left."""


class Replica:
    """One of the servers, and how it stands."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self.under_way = 0
        self._rests_until = 0.0

    def standing(self) -> tuple[float, int]:
        """Return what the next server is chosen by, the lowest first: until when it rests, what is under way."""
        return (self._rests_until if time.monotonic() < self._rests_until else 0.0, self.under_way)

    def rest(self, wait_s: float = 0.0) -> None:
        """Leave it out for a while, at least as long as it asked to wait."""
        self._rests_until = time.monotonic() + max(REST_S, wait_s)


class Replicas(Patient):
    """Asks several servers as if they were one."""

    def __init__(self, transports: Sequence[Transport], *, retries: int) -> None:
        super().__init__(", ".join(transport.url for transport in transports), retries)
        self._replicas = [Replica(transport) for transport in transports]

    async def attempt(self, body: dict[str, Any]) -> Completion:
        """Return the completion of the server with the least under way; where nobody is there, of the next one."""
        left = list(self._replicas)
        while True:
            replica = min(left, key=Replica.standing)
            left.remove(replica)
            replica.under_way += 1
            try:
                replica.transport.check()
                return await replica.transport.attempt(body)
            except AttemptError as error:
                replica.rest(error.wait_s)
                if not (error.unreachable and left):
                    raise
            except InfrastructureError:  # it asked for too long a wait
                replica.rest()
                if not left:
                    raise
            finally:
                replica.under_way -= 1

    def leave_out(self, transport: Transport) -> None:
        """Let a server rest that did not answer the first question."""
        for replica in self._replicas:
            if replica.transport is transport:
                replica.rest()

    def check(self) -> None:
        """Each server is checked when it is asked."""

    async def reach(self) -> None:
        """Raise InfrastructureError when none of the servers answers."""
        lost: InfrastructureError | None = None
        for replica in sorted(self._replicas, key=Replica.standing):
            try:
                return await replica.transport.reach()
            except InfrastructureError as error:
                lost = error
        raise lost or InfrastructureError(f"{self.url}: nobody is asked")

    async def close(self) -> None:
        """Close all connections."""
        for replica in self._replicas:
            await replica.transport.close()
