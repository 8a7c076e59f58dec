"""Input wait: what the training waits for in the iterators of torch's DataLoader."""

from threading import get_ident
from typing import Any

from ..patches import Patches
from .guard import Guard


def install(torch: Any, patches: Patches, guard: Guard) -> None:
    """Works for loaders and iterators that were made before, too: it is their class that changes."""
    from torch.utils.data import DataLoader, dataloader

    tracker = guard.tracker
    make_iterator = DataLoader.__iter__
    iterator_class = dataloader._BaseDataLoaderIter
    fetch = iterator_class.__next__

    def __iter__(self: Any) -> Any:
        if tracker.busy or get_ident() != tracker.thread:
            return make_iterator(self)
        try:
            tracker.begin_fetch(id(self), is_new=True)
        except Exception as error:
            guard.give_up(error)
            return make_iterator(self)
        try:
            iterator = make_iterator(self)
        finally:
            try:
                tracker.end_fetch(calls=0)
            except Exception as error:
                guard.give_up(error)
        try:
            # The batches of an iterator are known by their loader.
            iterator._traceml_source = id(self)
        except AttributeError:
            pass
        return iterator

    def __next__(self: Any) -> Any:
        return guard.fetch(getattr(self, "_traceml_source", 0) or id(self), fetch, self)

    patches.replace(DataLoader, "__iter__", __iter__)
    patches.replace(iterator_class, "__next__", __next__)
