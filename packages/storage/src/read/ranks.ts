import { type CompiledQuery, type RawBuilder, sql } from 'kysely'
import { builder } from '../schema/builder.js'

/**
 * `ranks(global_rank)`: the distinct ranks of the Step Time table, found by jumping from one to the
 * next in the index instead of passing over every row; the last row is null.
 */
export function rankWalk(): RawBuilder<unknown> {
  return sql`ranks(global_rank) as (
    select min(global_rank) from step_time_samples
    union all
    select (select min(t.global_rank) from step_time_samples as t
            where t.global_rank > ranks.global_rank)
    from ranks where ranks.global_rank is not null)`
}

/** All distinct ranks, ascending. */
export function ranksQuery(): CompiledQuery<{ global_rank: number }> {
  return sql<{ global_rank: number }>`with recursive ${rankWalk()}
    select global_rank from ranks where global_rank is not null order by global_rank`.compile(
    builder,
  )
}
