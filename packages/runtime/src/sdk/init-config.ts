import { misuse } from './misuse.js'

/** Who finds the phases: automatic hooks, the script's own wrappers, or a choice of hooks. */
export type InitMode = 'auto' | 'manual' | 'selective'

/** What `init` settled; two of them are the same when all but `source` is equal. */
export interface InitConfig {
  readonly mode: InitMode
  readonly patchDataLoader: boolean
  readonly patchForward: boolean
  readonly patchBackward: boolean
  readonly patchH2D: boolean
  readonly source: 'user'
  /** True when nothing is recorded. */
  readonly disabled: boolean
}

/** The part of the options of `init` that makes an {@link InitConfig}. */
export interface InitConfigOptions {
  /** Default `auto`; `custom` is another name of `selective`. */
  readonly mode?: InitMode | 'custom'
  /** Automatic hooks, only in mode `selective`, where those not given are off. */
  readonly patchDataLoader?: boolean
  readonly patchForward?: boolean
  readonly patchBackward?: boolean
  readonly patchH2D?: boolean
}

const PATCHES = ['patchDataLoader', 'patchForward', 'patchBackward', 'patchH2D'] as const

/** What `init` returns when nothing is recorded. */
export const DISABLED_CONFIG: InitConfig = {
  mode: 'manual',
  patchDataLoader: false,
  patchForward: false,
  patchBackward: false,
  patchH2D: false,
  source: 'user',
  disabled: true,
}

/**
 * The configuration that the options ask for.
 * @throws {InputError} `TRACEML_SDK_MISUSE` for an unknown mode or hooks that the mode rules out.
 */
export function resolveInitConfig(options: InitConfigOptions): InitConfig {
  const mode = parseMode(options.mode ?? 'auto')
  const given = PATCHES.filter((name) => options[name] !== undefined && options[name] !== null)
  if (mode !== 'selective' && given.length > 0) {
    throw misuse(
      `init was called in mode "${mode}" with ${given.join(', ')}; leave them out or use mode "selective".`,
    )
  }
  if (mode === 'selective' && !given.some((name) => options[name] === true)) {
    throw misuse(
      `init was called in mode "selective" without a hook that is on; set one of ${PATCHES.join(', ')} to true or use mode "manual".`,
    )
  }
  const isOn = (name: (typeof PATCHES)[number]): boolean =>
    mode === 'auto' || options[name] === true
  return {
    mode,
    patchDataLoader: isOn('patchDataLoader'),
    patchForward: isOn('patchForward'),
    patchBackward: isOn('patchBackward'),
    patchH2D: isOn('patchH2D'),
    source: 'user',
    disabled: false,
  }
}

/** True when all but `source` is equal. */
export function isSameConfig(left: InitConfig, right: InitConfig): boolean {
  return (
    left.mode === right.mode &&
    left.disabled === right.disabled &&
    PATCHES.every((name) => left[name] === right[name])
  )
}

function parseMode(value: unknown): InitMode {
  const text = typeof value === 'string' ? value.trim().toLowerCase() : value
  if (text === 'custom') return 'selective'
  if (text === 'auto' || text === 'manual' || text === 'selective') return text
  throw misuse(
    `init was called with the mode ${JSON.stringify(value)}; use "auto", "manual" or "selective".`,
  )
}
