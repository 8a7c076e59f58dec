import { PHASE_INDEX, type StepRecorder } from '@traceml/contracts'

/** Which hooks the program asked for; the `init` of the SDK settles it. */
export interface HookChoice {
  /** `manual`: no hook measures; `selective`: those that are on, and the optimizer's. */
  readonly mode: 'auto' | 'manual' | 'selective'
  readonly patchDataLoader: boolean
  readonly patchForward: boolean
  readonly patchBackward: boolean
  readonly patchH2D: boolean
}

/** Asked again and again, for a program may choose at any time; null: it did not. */
export type AskChoice = () => HookChoice | null

const CHOICES = [
  [PHASE_INDEX.input_wait, 'patchDataLoader'],
  [PHASE_INDEX.h2d, 'patchH2D'],
  [PHASE_INDEX.forward, 'patchForward'],
  [PHASE_INDEX.backward, 'patchBackward'],
] as const

/** Adds what hooks measured to the recorder, where the program did not rule it out. */
export type AddMeasured = (slot: number, durationMs: number) => void

/** Makes the way into the recorder; `slots` are the recorder's, in the order of the phases. */
export function createAddMeasured(
  recorder: Pick<StepRecorder, 'add'>,
  slots: readonly number[],
  ask: AskChoice,
): AddMeasured {
  const nameOf = new Map(CHOICES.map(([phase, name]) => [slots[phase], name]))
  return (slot, durationMs) => {
    const choice = ask()
    if (choice?.mode === 'selective') {
      const name = nameOf.get(slot)
      if (name !== undefined && !choice[name]) return
    }
    recorder.add(slot, durationMs)
  }
}
