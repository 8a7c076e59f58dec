import { toInt, toReal } from '../internal/values.js'
import { addRow, openNextPhaseRow, TABLE } from '../writer/pending.js'
import { eventsText } from './events.js'
import type { Projector } from './project.js'

/** Timings of one step. The time of the row is in `timestamp`, not in `ts`. */
export const projectStepTime: Projector = (row, { ranked }, pending) => {
  const at = openNextPhaseRow(pending)
  const target = { values: pending.phases.values, at, present: 0 }
  const text = eventsText(row['events'], target)
  pending.phases.present[(pending.rows[TABLE.stepTime] ?? []).length] = target.present
  addRow(pending, TABLE.stepTime, [
    ...ranked,
    toReal(row['timestamp']),
    toInt(row['seq']),
    toInt(row['step']),
    text,
  ])
}
