import { PHASE_EVENTS } from '@traceml/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeStepEvents } from './decode-events.js'

const cpuMs = (value: unknown): number | null | undefined =>
  decodeStepEvents({ [PHASE_EVENTS.forward]: { cpu: { cpu_ms: value } } })?.forward?.cpuMs

test.each([
  ['1e2', 100],
  ['1_000.5', 1000.5],
  [' +3. ', 3],
  ['.5', 0.5],
  ['-4', 0],
  ['1__0', null],
  ['0x10', null],
  ['', null],
  ['Infinity', null],
  [10n, 10],
  [1e308, 1e308],
  [undefined, null],
])('a stored %s is %s milliseconds', (value, expected) => {
  expect(cpuMs(value)).toBe(expected)
})

test('a sum over devices that overflows is missing', () => {
  const stats = { cpu_ms: Number.MAX_VALUE }
  const events = { [PHASE_EVENTS.forward]: { 'cuda:0': stats, 'cuda:1': stats } }
  expect(decodeStepEvents(events)?.forward).toEqual({ cpuMs: null, gpuMs: null })
})

test('whatever is stored, decoding never throws', () => {
  const anything = fc.anything()
  const events = fc.dictionary(fc.constantFrom(...Object.values(PHASE_EVENTS)), anything)
  fc.assert(
    fc.property(fc.oneof(anything, events), (value) => {
      for (const clocks of Object.values(decodeStepEvents(value) ?? {})) {
        for (const ms of Object.values(clocks)) {
          expect(ms === null || (Number.isFinite(ms) && ms >= 0)).toBe(true)
        }
      }
    }),
  )
})
