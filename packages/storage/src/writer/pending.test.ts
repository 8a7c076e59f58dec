import { expect, test } from 'vitest'
import { PHASE_SLOTS } from '../step-events/phase-row.js'
import {
  addRow,
  countRows,
  createPending,
  dropFirstRows,
  firstRows,
  openNextPhaseRow,
  type Pending,
  TABLE,
} from './pending.js'

function buffer(): Pending {
  const pending = createPending()
  for (let index = 0; index < 40; index += 1) {
    // Snapshot `index` has `index % 3` GPU rows.
    addRow(pending, TABLE.system, [`system ${index}`])
    for (let gpu = 0; gpu < index % 3; gpu += 1) {
      addRow(pending, TABLE.systemGpu, [`gpu ${gpu} of system ${index}`])
      pending.gpuOwners.push(index)
    }
  }
  for (let index = 0; index < 300; index += 1) {
    const at = openNextPhaseRow(pending)
    pending.phases.values[at] = index
    pending.phases.present[index] = index % 64
    addRow(pending, TABLE.stepTime, [`step ${index}`])
  }
  addRow(pending, TABLE.stdout, ['line'])
  return pending
}

test.each([1, 2, 7, 100, 379, 380, 381, 10_000])(
  'parts of about %i rows are the whole',
  (limit) => {
    const pending = buffer()
    const whole = pending.rows.map((rows) => rows.map(([text]) => text))
    const seen: unknown[][] = whole.map(() => [])
    const phases: number[] = []
    for (let parts = 0; countRows(pending) > 0; parts += 1) {
      expect(parts).toBeLessThan(1000)
      const part = firstRows(pending, limit)
      expect(countRows(part)).toBeGreaterThan(0)
      // One row too many per table at most, and the GPU rows of one snapshot.
      expect(countRows(part)).toBeLessThanOrEqual(limit + 10)
      for (const [table, rows] of part.rows.entries())
        seen[table]?.push(...rows.map(([text]) => text))
      for (const [index, [text]] of (part.rows[TABLE.systemGpu] ?? []).entries()) {
        const owner = part.rows[TABLE.system]?.[part.gpuOwners[index] ?? -1]?.[0]
        expect(text).toContain(`of ${owner}`)
      }
      for (const index of (part.rows[TABLE.stepTime] ?? []).keys()) {
        phases.push(part.phases.values[index * PHASE_SLOTS] ?? -1)
        expect(part.phases.present[index]).toBe((phases.length - 1) % 64)
      }
      dropFirstRows(pending, part)
    }
    expect(seen).toEqual(whole)
    expect(phases).toEqual(Array.from({ length: 300 }, (_, index) => index))
    expect(pending.gpuOwners).toEqual([])
  },
)
