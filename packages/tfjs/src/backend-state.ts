import { type BackendCapabilities, capabilitiesOf } from './backend-capabilities.js'
import { describeTraining } from './environment.js'
import type { StepTrackerOptions } from './tracker-types.js'

/** The backend that is in use now; the recorder is told when it changes. */
export interface BackendState {
  /** Looks whether the backend changed: one comparison when it did not. */
  refresh(): void
  readonly capabilities: BackendCapabilities
}

/** Creates the state of a backend that is not known yet. */
export function createBackendState(
  options: Pick<StepTrackerOptions, 'engine' | 'recorder' | 'worldSize'>,
): BackendState {
  const { engine, recorder } = options
  let name: string | null | undefined = ''
  let capabilities = capabilitiesOf('')
  return {
    get capabilities() {
      return capabilities
    },
    refresh() {
      const current = engine.backendName
      if (current === name || typeof current !== 'string') return
      name = current
      capabilities = capabilitiesOf(current)
      recorder.setDevice(current)
      recorder.setEnvironment(describeTraining(current, options.worldSize))
    },
  }
}
