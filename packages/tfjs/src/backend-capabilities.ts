/** What host clocks can say about a backend of TensorFlow.js. */
export interface BackendCapabilities {
  /**
   * True when kernels have finished when the call returns. Otherwise host time of forward,
   * backward and optimizer is dispatch only, and these phases stay unknown.
   */
  readonly synchronous: boolean
  /** True when creating a tensor copies its values to the device at once. */
  readonly copiesOnUpload: boolean
}

const SYNCHRONOUS_NO_COPY: BackendCapabilities = { synchronous: true, copiesOnUpload: false }
const SYNCHRONOUS_COPY: BackendCapabilities = { synchronous: true, copiesOnUpload: true }
const ASYNCHRONOUS: BackendCapabilities = { synchronous: false, copiesOnUpload: false }

/** Capabilities by backend name. The `cpu` backend keeps the caller's array: there is no copy. */
export const BACKEND_CAPABILITIES: Readonly<Record<string, BackendCapabilities>> = {
  cpu: SYNCHRONOUS_NO_COPY,
  wasm: SYNCHRONOUS_COPY,
  tensorflow: SYNCHRONOUS_COPY,
  webgl: ASYNCHRONOUS,
  webgpu: ASYNCHRONOUS,
}

/**
 * Capabilities of a backend by name. A backend that is not known counts as asynchronous: a phase
 * that is not reported is better than one that may be dispatch time.
 */
export function capabilitiesOf(backendName: string): BackendCapabilities {
  return Object.hasOwn(BACKEND_CAPABILITIES, backendName)
    ? (BACKEND_CAPABILITIES[backendName] ?? ASYNCHRONOUS)
    : ASYNCHRONOUS
}
