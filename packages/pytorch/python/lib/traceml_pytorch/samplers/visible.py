"""Which GPUs of the host a run may use."""

from typing import List, Optional


def visible_devices(value: Optional[str], ranks: int) -> Optional[List[str]]:
    """Entries of `CUDA_VISIBLE_DEVICES`, as CUDA reads them; None when all GPUs are visible.

    Each is a number of the host, or a name that begins with `GPU-` or `MIG-` and may be shortened.
    The first entry that is neither ends the list, a repeated one empties it. A list that is shorter
    than the ranks of the node is that of one rank alone: then all GPUs are of interest.
    """
    if value is None:
        return None
    entries: List[str] = []
    for part in value.split(","):
        text = part.strip()
        if not text.isdigit() and not text.startswith(("GPU-", "MIG-")):
            break
        if text in entries:
            return []
        entries.append(text)
    return None if 0 < len(entries) < ranks else entries
