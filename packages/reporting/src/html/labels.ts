const METRIC_LABELS: Readonly<Record<string, string>> = {
  input_wait_ms: 'Input wait',
  step_time_ms: 'Step time',
  traced_step_time_ms: 'Traced step time',
  step_time_cpu_ms: 'Step time, CPU clock',
  step_time_gpu_ms: 'Step time, GPU clock',
  traced_step_time_cpu_ms: 'Traced step time, CPU clock',
  traced_step_time_gpu_ms: 'Traced step time, GPU clock',
  dataloader_fetch_cpu_ms: 'Loader fetch, CPU',
  dataloader_ms: 'Loader',
  total_step_ms: 'Traced step time',
  wait_ms: 'Residual',
  h2d_ms: 'Copies to device (H2D)',
  compute_ms: 'Compute',
  residual_ms: 'Residual',
  forward_ms: 'Forward',
  backward_ms: 'Backward',
  optimizer_ms: 'Optimizer',
  peak_allocated_bytes: 'Allocated device memory',
  peak_reserved_bytes: 'Reserved device memory',
  live_bytes: 'Live tensors',
  live_tensor_count: 'Number of live tensors',
  layers_ms: 'In layers',
  param_bytes: 'Parameters',
  memory_bytes: 'Parameters, outputs, gradients',
  cpu_percent: 'CPU',
  cpu_capacity_percent: 'CPU, of all cores',
  ram_bytes: 'Memory',
  ram_percent: 'Memory, of the machine',
  gpu_util_percent: 'GPU utilisation',
  gpu_mem_bytes: 'GPU memory',
  gpu_mem_percent: 'GPU memory, of capacity',
  gpu_temp_c: 'GPU temperature',
  gpu_power_w: 'GPU power',
  gpu_headroom_bytes: 'GPU memory left',
  gpu_mem_used_bytes: 'GPU memory in use',
  gpu_mem_reserved_bytes: 'GPU memory reserved',
  gpu_mem_reserved_percent: 'GPU memory reserved, of capacity',
  gpu_mem_headroom_bytes: 'GPU memory left',
}

/** A name of the document as words: `acme/disk_wait` is `Acme disk wait`. */
export function wordsOf(name: string): string {
  const words = name.replaceAll(/[_/]+/g, ' ').trim()
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`
}

/** A metric's name for people; of one that is not ours its own words, without the unit. */
export function metricLabel(metric: string): string {
  const known = Object.hasOwn(METRIC_LABELS, metric) ? METRIC_LABELS[metric] : undefined
  return known ?? wordsOf(metric.replace(/_(?:ms|bytes|percent|c|w)$/, ''))
}

const SECTION_LABELS: Readonly<Record<string, string>> = {
  step_time: 'step time',
  step_memory: 'step memory',
  system: 'the system',
  process: 'the processes',
  layers: 'the layers',
}

/** Where a finding comes from, to be read after "from". */
export function sectionLabel(id: string): string {
  return Object.hasOwn(SECTION_LABELS, id) ? (SECTION_LABELS[id] ?? id) : id.replaceAll('_', ' ')
}
