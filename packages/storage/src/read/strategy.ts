import { parseTrainingStrategy } from '@traceml/analysis'
import type { TrainingStrategy } from '@traceml/contracts'
import { type CompiledQuery, sql } from 'kysely'
import type { SqliteHandle } from '../handle.js'
import { builder } from '../schema/builder.js'

const BLANKS = ' \t\n\r\v\f'

/** The newest strategy that a process of the run reported; blank ones do not count. */
function strategyQuery(): CompiledQuery<{ training_strategy: string | null }> {
  return builder
    .selectFrom('runtime_environment')
    .select('training_strategy')
    .where(sql<string>`trim(training_strategy, ${BLANKS})`, '<>', '')
    .orderBy('id', 'desc')
    .limit(1)
    .compile()
}

/** The strategy of the run; `ddp` when the table is missing or says nothing. */
export function readStrategy(handle: SqliteHandle): TrainingStrategy {
  let row: unknown
  try {
    const query = strategyQuery()
    row = handle.prepare(query.sql).get(...query.parameters)
  } catch {
    // Older files have no such table; by the table's rules that reads as no answer.
    row = undefined
  }
  const text = (row as { readonly training_strategy: unknown } | undefined)?.training_strategy
  return parseTrainingStrategy(typeof text === 'string' ? text : null)
}
