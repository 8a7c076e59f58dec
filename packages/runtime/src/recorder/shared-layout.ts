/**
 * Layout of the memory that the training thread and the agent thread share.
 *
 * One `SharedArrayBuffer`: control words, a table of event names, a table of device labels, the
 * environment as JSON, the ring of step records and, where output is captured, a ring of bytes.
 */

/** Indices into the control words. Words written by different threads stand in other cache lines. */
export const CONTROL = {
  /** Written by the training thread: next free 8-byte word of the ring, modulo 2^32. */
  head: 0,
  stepsCompleted: 1,
  stepsDropped: 2,
  nameCount: 3,
  deviceCount: 4,
  environmentLength: 5,
  /** 1 when the recording limit is reached. */
  limitReached: 6,
  outputHead: 7,
  outputDropped: 8,
  /** 1 when the training is about to end. */
  stop: 9,
  /** Written by the agent thread: oldest word still needed, modulo 2^32. */
  tail: 16,
  outputTail: 17,
  /** One of {@link LINK}. */
  link: 18,
  /** 1 when everything is sent and the agent has nothing more to do. */
  done: 19,
  /** Goes up while the agent gets something delivered at the end. */
  progress: 20,
  /** Written by both with compare-and-exchange: 1 once the one warning line is out. */
  warned: 32,
} as const

/** What the agent knows about its aggregator. */
export const LINK = { starting: 0, connecting: 1, reached: 2, unreachable: 3 } as const

const CONTROL_BYTES = 256
/** Event names that a run can have. */
export const NAME_CAPACITY = 256
/** Bytes of one entry: two of length, then UTF-8. */
export const NAME_ENTRY_BYTES = 128
/** Device labels that a run can have. */
export const DEVICE_CAPACITY = 16
const ENVIRONMENT_BYTES = 2_048

/** Default size of the ring: 40,000 steps of six events, the agent not reading at all. */
export const DEFAULT_RING_BYTES = 4_194_304
/** Default size of the captured output's channel. */
export const DEFAULT_OUTPUT_BYTES = 262_144

/** Views on the shared memory; each thread makes its own. */
export interface SharedState {
  readonly control: Int32Array
  readonly names: Uint8Array
  readonly devices: Uint8Array
  readonly environment: Uint8Array
  /** The ring as doubles and, on the same bytes, as pairs of 32-bit words. */
  readonly words: Float64Array
  readonly halves: Uint32Array
  /** Empty when output is not captured. */
  readonly output: Uint8Array
}

/** Sizes of the shared memory, handed to the agent with the buffer. */
export interface SharedSizes {
  /** A power of two, at least 16 KiB. */
  readonly ringBytes: number
  /** A power of two, or 0 for no captured output. */
  readonly outputBytes: number
}

/** Shared memory with the buffer to hand to the other thread. */
export interface OwnedSharedState extends SharedState {
  readonly buffer: SharedArrayBuffer
}

/** Allocates the shared memory. Pages are only committed by the system once they are written. */
export function createSharedState(sizes: SharedSizes): OwnedSharedState {
  const buffer = new SharedArrayBuffer(offsets(sizes).total)
  return { buffer, ...openSharedState(buffer, sizes) }
}

/** The same in memory of this thread alone: in a page, which mostly may not share any. */
export function createLocalState(sizes: SharedSizes): SharedState {
  return openSharedState(new ArrayBuffer(offsets(sizes).total), sizes)
}

/** Views on memory that {@link createSharedState} allocated, for the other thread. */
export function openSharedState(buffer: ArrayBufferLike, sizes: SharedSizes): SharedState {
  const at = offsets(sizes)
  return {
    control: new Int32Array(buffer, 0, CONTROL_BYTES / 4),
    names: new Uint8Array(buffer, at.names, NAME_CAPACITY * NAME_ENTRY_BYTES),
    devices: new Uint8Array(buffer, at.devices, DEVICE_CAPACITY * NAME_ENTRY_BYTES),
    environment: new Uint8Array(buffer, at.environment, ENVIRONMENT_BYTES),
    words: new Float64Array(buffer, at.ring, sizes.ringBytes / 8),
    halves: new Uint32Array(buffer, at.ring, sizes.ringBytes / 4),
    output: new Uint8Array(buffer, at.output, sizes.outputBytes),
  }
}

function offsets(sizes: SharedSizes) {
  const names = CONTROL_BYTES
  const devices = names + NAME_CAPACITY * NAME_ENTRY_BYTES
  const environment = devices + DEVICE_CAPACITY * NAME_ENTRY_BYTES
  const ring = environment + ENVIRONMENT_BYTES
  const output = ring + sizes.ringBytes
  return { names, devices, environment, ring, output, total: output + sizes.outputBytes }
}
