"""Rows about the host, the process and the run."""

import os
import time
from typing import Any, Dict, List, Optional

from ..identity import Identity
from .host import HostCpu, ProcessCpu, read_memory, read_resident_bytes
from .nvml import Nvml, open_nvml
from .visible import visible_devices

Row = Dict[str, Any]


class SystemRows:
    """One row per tick about the host; only one process of a node makes them."""

    def __init__(self, nvml: Optional[Nvml] = None, ranks: int = 1) -> None:
        self._cpu = HostCpu()
        visible = visible_devices(os.environ.get("CUDA_VISIBLE_DEVICES"), ranks)
        self._nvml = nvml if nvml is not None else open_nvml(visible=visible)
        self._seq = 0
        self._devices = self._nvml.describe() if self._nvml is not None else []
        #: By device: the processes that were told last.
        self._told: Dict[int, Any] = {}

    def row(self) -> Row:
        self._seq += 1
        memory = read_memory()
        gpus = self._nvml.read() if self._nvml is not None else []
        return {
            "seq": self._seq,
            "ts": time.time(),
            "cpu": self._cpu.percent(),
            "ram_used": _float(memory.used),
            "ram_total": _float(memory.total),
            "gpu_available": bool(gpus),
            "gpu_count": len(gpus),
            "gpus": gpus,
        }

    def devices(self) -> List[Row]:
        """What the GPUs are called: each once, and again whenever the processes on it changed."""
        rows: List[Row] = []
        processes = self._nvml.processes() if self._nvml is not None else []
        for position, (device, running) in enumerate(zip(self._devices, processes)):
            pids = None if running is None else [one["pid"] for one in running]
            if position in self._told and self._told[position] == pids:
                continue
            self._told[position] = pids
            row = {"ts": time.time(), "gpu_idx": position, **device, "processes": running}
            rows.append(row)
        return rows


class ProcessRows:
    """One row per tick about this process. Its children are not included."""

    def __init__(self, torch: Any, identity: Identity) -> None:
        self._cuda = torch.cuda
        self._identity = identity
        self._cpu = ProcessCpu()
        self._cores = os.cpu_count() or 0
        self._total = _float(read_memory().total)
        self._seq = 0

    def row(self) -> Row:
        self._seq += 1
        gpu, count = self._gpu()
        return {
            "seq": self._seq,
            "ts": time.time(),
            "pid": self._identity.pid,
            "cpu": self._cpu.percent(),
            "cpu_cores": self._cores,
            "ram_used": _float(read_resident_bytes()),
            "ram_total": self._total,
            "gpu_available": count > 0,
            "gpu_count": count,
            "gpu": gpu,
        }

    def _gpu(self) -> Any:
        # The program decides when CUDA begins: until then there is nothing to read.
        if not self._cuda.is_initialized():
            return None, 0
        count = self._cuda.device_count()
        index = self._identity.local_rank if self._identity.world_size > 1 else 0
        # A process that sees one GPU calls it 0, whatever its rank.
        index = index if index < count else 0
        if index >= count:
            return None, count
        return {
            "device": index,
            "mem_used": float(self._cuda.memory_allocated(index)),
            "mem_reserved": float(self._cuda.memory_reserved(index)),
            "mem_total": float(self._cuda.get_device_properties(index).total_memory),
        }, count


def environment_row(torch: Any, identity: Identity, strategy: Optional[str]) -> Row:
    """How the run is spread. `strategy` is `ddp` or `fsdp` where a model said so."""
    topology = "single_node_multi_process"
    if identity.world_size <= 1:
        topology = "single_process"
    elif identity.world_size > identity.local_world_size:
        topology = "multi_node"
    is_initialized, backend = _group(torch)
    if strategy is not None:
        stated = (strategy, "runtime_model", "high")
    elif topology == "single_process":
        stated = ("single_process", "topology", "high")
    elif is_initialized:
        stated = ("distributed_unknown", "runtime_distributed", "low")
    else:
        stated = ("distributed_unknown", "topology", "low")
    return {
        "seq": 0,
        "ts": time.time(),
        "topology": topology,
        "distributed_initialized": is_initialized,
        "distributed_backend": backend,
        "training_strategy": stated[0],
        "strategy_source": stated[1],
        "strategy_confidence": stated[2],
    }


def _group(torch: Any) -> Any:
    try:
        distributed = torch.distributed
        if distributed.is_available() and distributed.is_initialized():
            return True, str(distributed.get_backend())
    except Exception:
        # What cannot be asked is not claimed.
        return False, None
    return False, None


def _float(value: Optional[int]) -> Optional[float]:
    return None if value is None else float(value)
