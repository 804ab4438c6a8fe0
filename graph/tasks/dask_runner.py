"""Tasks on a Dask cluster: many machines, or this one; tasks of a killed worker are done again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from importlib import metadata
from typing import Any, TypeVar

from distributed import Client, LocalCluster, as_completed
from distributed.scheduler import KilledWorker

from citemesh import __version__
from citemesh.errors import InputError, SettingsError
from citemesh.graph.tasks.runner import usable_cpus, worker_killed
from citemesh.progress import say

#: The scheduler's name for a cluster that is made here, for this run.
LOCAL = "local"
#: How long a scheduler may take to answer.
_CONNECT_TIMEOUT = "10s"

Item = TypeVar("Item")
Result = TypeVar("Result")


class DaskRunner:
    """Tasks on the workers of a Dask scheduler.

    Args:
        scheduler: its address, or ``local`` to make a cluster on this machine.
        workers: processes of a local cluster; the usable CPUs when None.

    Raises:
        InputError: when no scheduler answers, or its machines have another citemesh or none.
        SettingsError: when `workers` are given for a cluster that has its own.
    """

    def __init__(self, scheduler: str, workers: int | None) -> None:
        self._open = ExitStack()
        if scheduler != LOCAL and workers is not None:
            raise SettingsError(
                f"The scheduler {scheduler} has workers of its own, so --workers has no meaning.",
                "Leave one of the two out.",
            )
        try:
            address = scheduler if scheduler != LOCAL else self._local_cluster(workers)
            self._client = self._connect(address)
            if scheduler != LOCAL:
                _check_versions(self._client, scheduler)
        except BaseException:
            self.close()
            raise

    def _local_cluster(self, workers: int | None) -> Any:
        # No dashboard: it would take a port that nobody asked for. (distributed types some of its
        # functions only, hence the three ignores.)
        cluster = LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=workers or usable_cpus(), threads_per_worker=1, dashboard_address=None
        )
        return self._open.enter_context(cluster)

    def _connect(self, address: Any) -> Any:
        try:
            client = Client(address, timeout=_CONNECT_TIMEOUT)  # type: ignore[no-untyped-call]
            return self._open.enter_context(client)
        except (OSError, ValueError) as error:
            raise InputError(
                f"No Dask scheduler answered at {address} ({error}).",
                "Give an address such as tcp://host:8786, or local for a cluster on this machine.",
            ) from error

    def map(
        self, function: Callable[[Item], Result], items: Sequence[Item]
    ) -> Iterator[tuple[int, Result]]:
        """See `citemesh.graph.tasks.runner.Runner.map`."""
        # Not pure: Dask would take equal items for one task, and remember its failure.
        futures = self._client.map(function, items, pure=False)
        positions = {future.key: index for index, future in enumerate(futures)}
        try:
            for future in as_completed(futures):  # type: ignore[no-untyped-call]
                yield positions[future.key], future.result()
        except KilledWorker as error:
            raise worker_killed() from error
        finally:
            self._client.cancel(futures)

    def close(self) -> None:
        """Leave the scheduler; a local cluster ends."""
        self._open.close()


def _check_versions(client: Any, scheduler: str) -> None:
    """Refuse a cluster that cannot do our tasks: Dask would wait for ever for their results."""
    try:
        workers = client.run(metadata.version, "citemesh")
        found = {client.run_on_scheduler(metadata.version, "citemesh"), *workers.values()}
    except metadata.PackageNotFoundError:
        found = {"none"}
    if found != {__version__}:
        raise InputError(
            f"The machines of the scheduler {scheduler} have citemesh {', '.join(sorted(found))}, "
            f"this one has {__version__}.",
            "Install the same version on all of them.",
        )
    if not workers:
        say(f"The scheduler {scheduler} has no workers yet; waiting for them …")
