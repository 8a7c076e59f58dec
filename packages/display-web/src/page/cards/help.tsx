import type { VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { PHASES } from '../format/phases.js'
import { KEYS } from '../keyboard.js'

const PHASE_TEXTS: Readonly<Record<(typeof PHASES)[number]['key'], string>> = {
  input_wait: 'waiting for the next batch',
  h2d: 'copying the batch to the device',
  forward: 'computing the loss',
  backward: 'computing gradients, and waiting for other ranks',
  optimizer_step: 'updating the weights',
  residual: 'the rest of the step, which nothing accounts for',
}

const STATE_TEXTS: readonly (readonly [state: string, text: string])[] = [
  ['live', 'arrives as often as expected'],
  ['stale', 'late, but not late enough to worry'],
  ['stalled', 'connected, and has not moved for three intervals and 5 s'],
  ['lost', 'left without saying goodbye'],
  ['disconnected', 'this page has lost its server'],
  ['ended', 'over; the numbers are the last ones'],
]

/** Keys, parts of a step, states. */
export function Help(props: { readonly isOpen: boolean; readonly onClose: () => void }): VNode {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const element = dialog.current
    if (props.isOpen && element?.open === false) element.showModal()
    if (!props.isOpen && element?.open === true) element.close()
  }, [props.isOpen])
  return (
    <dialog ref={dialog} class="help" aria-labelledby="help-title" onClose={props.onClose}>
      <header>
        <h2 id="help-title">Keys and explanations</h2>
        <button type="button" onClick={props.onClose}>
          Close
        </button>
      </header>
      <dl>
        {KEYS.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <h3>Parts of a step</h3>
      <dl>
        {PHASES.map(({ key, label, colour }) => (
          <div key={key}>
            <dt>
              <i class="swatch" style={{ background: `var(--${colour})` }} /> {label}
            </dt>
            <dd>{PHASE_TEXTS[key]}</dd>
          </div>
        ))}
      </dl>
      <h3>States</h3>
      <dl>
        {STATE_TEXTS.map(([state, text]) => (
          <div key={state}>
            <dt>{state}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </dialog>
  )
}
