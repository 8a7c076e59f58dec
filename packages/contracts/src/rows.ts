/** Rows of the history as readers hand them on: the column names of the tables, null = not measured. */

/** A row of `system_samples`: one node at one moment. */
export interface SystemSampleRow {
  readonly id: number
  readonly global_rank: number | null
  readonly local_rank: number | null
  readonly world_size: number | null
  readonly local_world_size: number | null
  readonly node_rank: number | null
  readonly hostname: string | null
  /** Unix seconds. */
  readonly sample_ts_s: number | null
  readonly seq: number | null
  /** 0 to 100 of the whole host. */
  readonly cpu_percent: number | null
  readonly ram_used_bytes: number | null
  readonly ram_total_bytes: number | null
  /** 1, 0 or null. */
  readonly gpu_available: number | null
  readonly gpu_count: number | null
}

/** A row of `system_gpu_samples`: one GPU of one system sample. */
export interface SystemGpuSampleRow {
  readonly id: number
  readonly global_rank: number | null
  readonly node_rank: number | null
  readonly seq: number | null
  readonly gpu_idx: number
  /** 0 to 100. */
  readonly util: number | null
  readonly mem_used_bytes: number | null
  readonly mem_total_bytes: number | null
  readonly temperature_c: number | null
  readonly power_usage_w: number | null
  readonly power_limit_w: number | null
}

/** A row of `process_samples`: one rank's process at one moment. */
export interface ProcessSampleRow {
  readonly id: number
  readonly rank: number | null
  readonly global_rank: number | null
  readonly local_rank: number | null
  readonly world_size: number | null
  readonly local_world_size: number | null
  readonly node_rank: number | null
  readonly hostname: string | null
  readonly sample_ts_s: number | null
  readonly seq: number | null
  /** 100 is one full logical core. */
  readonly cpu_percent: number | null
  readonly cpu_logical_core_count: number | null
  /** Resident set size of the process. */
  readonly ram_used_bytes: number | null
  /** Memory of the host. */
  readonly ram_total_bytes: number | null
  readonly gpu_available: number | null
  readonly gpu_count: number | null
  readonly gpu_device_index: number | null
  readonly gpu_mem_used_bytes: number | null
  readonly gpu_mem_reserved_bytes: number | null
  readonly gpu_mem_total_bytes: number | null
}

/** A row of `step_memory_samples`: one rank's memory of one step. */
export interface StepMemorySampleRow {
  readonly id: number
  readonly global_rank: number | null
  readonly local_rank: number | null
  readonly world_size: number | null
  readonly local_world_size: number | null
  readonly node_rank: number | null
  readonly hostname: string | null
  readonly device: string | null
  readonly step: number | null
  /** Peak of the device's allocator within the step; null where the device has no such counter. */
  readonly peak_alloc_bytes: number | null
  readonly peak_reserved_bytes: number | null
  /** Bytes of live tensors when the step ended (TensorFlow.js); null from other producers. */
  readonly live_bytes: number | null
  /** Live tensors when the step ended (TensorFlow.js); null from other producers. */
  readonly live_tensor_count: number | null
}

/** A row of any sampler that has no table of its own. */
export interface CustomSampleRow {
  readonly id: number
  readonly global_rank: number | null
  readonly node_rank: number | null
  readonly hostname: string | null
  readonly sampler: string
  readonly table_name: string
  /** The row's `ts` if it has a numeric one, else the envelope's timestamp. */
  readonly sample_ts_s: number | null
  /** The row as it travelled. */
  readonly row: import('./json.js').JsonObject
}
