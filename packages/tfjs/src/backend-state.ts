import { type BackendCapabilities, capabilitiesOf } from './backend-capabilities.js'
import type { DeviceClock } from './device-clock/device-clock.js'
import { describeTraining } from './environment.js'
import type { StepTrackerOptions } from './tracker-types.js'

/** The backend that is in use now; the recorder is told when it changes. */
export interface BackendState {
  /** Looks whether the backend changed: one comparison when it did not. */
  refresh(): void
  readonly capabilities: BackendCapabilities
  /** The clock of the GPU that this backend uses, or null. */
  readonly device: DeviceClock | null
  close(): void
}

/** Creates the state of a backend that is not known yet. */
export function createBackendState(
  options: Pick<StepTrackerOptions, 'engine' | 'recorder' | 'worldSize' | 'openDeviceClock'>,
): BackendState {
  const { engine, recorder } = options
  let name: string | null | undefined = ''
  let capabilities = capabilitiesOf('')
  let device: DeviceClock | null = null
  return {
    get device() {
      return device
    },
    close: () => device?.close(),
    get capabilities() {
      return capabilities
    },
    refresh() {
      const current = engine.backendName
      if (current === name || typeof current !== 'string') return
      name = current
      capabilities = capabilitiesOf(current)
      device?.close()
      device = capabilities.synchronous
        ? null
        : (options.openDeviceClock?.(engine, recorder) ?? null)
      recorder.setDevice(current)
      recorder.setEnvironment(describeTraining(current, options.worldSize))
    },
  }
}
