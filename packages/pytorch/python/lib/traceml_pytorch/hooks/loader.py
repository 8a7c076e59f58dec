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
            tracker.begin_fetch(self, is_new=True)
        except Exception as error:
            guard.give_up(error)
            return make_iterator(self)
        try:
            iterator = make_iterator(self)
        finally:
            tracker.end_fetch(calls=0)
        try:
            # The batches of an iterator are known by their loader.
            iterator._traceml_source = self
        except AttributeError:
            pass
        return iterator

    def __next__(self: Any) -> Any:
        if tracker.busy or get_ident() != tracker.thread:
            return fetch(self)
        try:
            tracker.begin_fetch(getattr(self, "_traceml_source", self))
        except Exception as error:
            guard.give_up(error)
            return fetch(self)
        try:
            batch = fetch(self)
        except StopIteration:
            tracker.end_fetch(is_exhausted=True)
            raise
        except BaseException:
            tracker.end_fetch(calls=0)
            raise
        tracker.end_fetch()
        guard.note_activity()
        return batch

    patches.replace(DataLoader, "__iter__", __iter__)
    patches.replace(iterator_class, "__next__", __next__)
