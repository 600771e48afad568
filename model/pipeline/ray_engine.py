"""The Ray engine: chunks worked on by a pool of extractors on all machines of a Ray cluster."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from annotations.errors import InputError
from model.backends.allocation import keep_freed_memory
from model.pipeline.part import Part
from model.pipeline.stopped import Stopped
from model.pipeline.work import Worker, WorkerSettings

if TYPE_CHECKING:
    from annotations.sources import Chunk

_AHEAD = 2
"""Chunks for each extractor that are read before they are asked for."""


@dataclass(frozen=True, slots=True)
class Pool:
    """How many extractors there are, and what each takes of its machine."""

    size: int
    cpus: float
    gpus: int


def run_ray(
    chunks: Iterable[Chunk],
    settings: WorkerSettings,
    workers: int | None = None,
    address: str | None = None,
) -> Generator[Part, None, None]:
    """Parts of chunks, in the chunks' order, the same as the local engine makes.

    The input is read by this process and needs to be on its machine only; Ray Data hands chunks to a pool of actors, no
    more than memory holds, and what a machine that fails was working on to another. The package, and a model folder other
    than the one that comes along, must be on every machine.

    Parameters
    ----------
    workers
        Extractors in the pool; None takes one for each GPU of the cluster, or where there is none for each core (or as
        many cores as the settings have threads).
    address
        Of a running cluster; None for the one that the environment variable `RAY_ADDRESS` names or that runs here, else
        one is started on this machine for the time being.

    Raises
    ------
    InputError
        If Ray is not installed, the cluster cannot be reached or has no GPU where one is asked for, or the extractor
        cannot be loaded.
    Stopped
        If a worker or the cluster fails.
    """
    try:
        import ray
        from ray.exceptions import RayError

        from model.pipeline.ray_feed import feeding, items
    except ImportError as error:
        raise InputError(f"the Ray engine needs Ray: pip install 'chitieu[ray]' ({error})") from error
    with _connected(address), _quiet_data():
        pool = pool_of(ray.nodes(), settings, workers)
        settings = replace(settings, threads=settings.threads or max(1, int(pool.cpus)))
        with feeding(chunks, _AHEAD * pool.size) as feed:
            parts = _parts(feed, settings, pool)
            try:
                for table in parts.iter_batches(batch_size=None, batch_format="pyarrow", prefetch_batches=0):
                    for found in items(table):
                        if isinstance(found, Exception):
                            raise found
                        yield found
            except RayError as error:
                raise Stopped(f"Ray: {str(error).strip().splitlines()[-1]}") from error


def _parts(feed: Any, settings: WorkerSettings, pool: Pool) -> Any:
    """The data set of parts, to be worked out as it is read."""
    import ray.data

    with ray.data.DataContext.current(_context()):
        return ray.data.read_datasource(feed, num_cpus=0, override_num_blocks=1).map_batches(
            Extracting,
            fn_constructor_args=(settings,),
            compute=ray.data.ActorPoolStrategy(size=pool.size),
            batch_size=None,
            batch_format="pyarrow",
            num_cpus=pool.cpus,
            num_gpus=pool.gpus,
        )


class Extracting:
    """The worker inside an actor; what goes wrong comes back as a result, with its own type."""

    def __init__(self, settings: WorkerSettings) -> None:
        self._worker: Worker | None = None
        try:
            keep_freed_memory()
            self._worker = Worker(settings)
        except InputError as error:
            self._failure = error

    def __call__(self, table: Any) -> Iterator[Any]:
        """The parts of the chunks in a table, row by row."""
        from model.pipeline.ray_feed import items, row

        for chunk in items(table):
            yield row(self._work(chunk))

    def _work(self, chunk: Chunk) -> Part | Exception:
        if self._worker is None:
            return self._failure
        try:
            return self._worker(chunk)
        except Exception as error:
            failure = Stopped(f"a worker failed: {type(error).__name__}: {error}")
            failure.add_note(traceback.format_exc())
            return failure


def pool_of(nodes: Iterable[dict[str, Any]], settings: WorkerSettings, workers: int | None) -> Pool:
    """The pool for a cluster's machines, as `ray.nodes` tells of them.

    Raises
    ------
    InputError
        If a GPU is asked for and there is none.
    """
    resources = [node["Resources"] for node in nodes if node["Alive"]]
    gpus = int(sum(one.get("GPU", 0) for one in resources))
    if settings.device == "cuda" and not gpus:
        raise InputError("there is no GPU in the Ray cluster; use --device cpu")
    if gpus and settings.device != "cpu":
        return Pool(workers or gpus, 1, 1)
    cores = [one["CPU"] for one in resources if one.get("CPU")]
    total = sum(cores)
    if workers is None:
        threads = settings.threads or 1
        return Pool(max(1, int(total // threads)), min(threads, total), 0)
    return Pool(workers, min(settings.threads or total // workers or 1, total / workers, min(cores)), 0)


def _context() -> Any:
    """Ray Data's settings: one block for each chunk, in order, and no bars of its own."""
    from ray.data import DataContext

    context = DataContext.get_current().copy()
    context.execution_options.preserve_order = True
    context.target_max_block_size = 1
    context.enable_progress_bars = False
    context.print_on_execution_start = False
    return context


@contextmanager
def _connected(address: str | None) -> Iterator[None]:
    """A connection to a cluster; one that was there before is left as it is."""
    import ray

    if ray.is_initialized():
        yield
        return
    try:
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
    except ConnectionError as error:
        raise InputError(
            f"no Ray cluster at {address or 'RAY_ADDRESS'}: {' '.join(str(error).split())}"
        ) from error
    try:
        yield
    finally:
        ray.shutdown()


@contextmanager
def _quiet_data() -> Iterator[None]:
    """Without Ray Data's remarks on what it is about to do."""
    logger = logging.getLogger("ray.data")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)
