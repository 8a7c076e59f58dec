/**
 * A number that travels as float64 even when it is whole.
 *
 * JavaScript cannot tell `1.0` from `1`, and a reader may insist on the difference. Keys of the
 * built-in rows are known to the encoder ({@link FLOAT_KEYS}); this wrapper is for everything else.
 */
export class Float64 {
  readonly value: number

  constructor(value: number) {
    this.value = value
  }

  /** What JSON shows: the plain number. */
  toJSON(): number {
    return this.value
  }
}

/** Marks `value` as a float on the wire. */
export function float64(value: number): Float64 {
  return new Float64(value)
}

/**
 * Keys whose numbers are floats on the wire in every built-in row, in `meta` and in controls:
 * seconds, milliseconds, percent and bytes.
 */
export const FLOAT_KEYS: ReadonlySet<string> = /* @__PURE__ */ new Set([
  'ts',
  'timestamp',
  'cpu',
  'ram_used',
  'ram_total',
  'mem_used',
  'mem_reserved',
  'mem_total',
  'duration_ms',
  'cpu_ms',
  'gpu_ms',
  'peak_alloc',
  'peak_resv',
  'gpus',
])
