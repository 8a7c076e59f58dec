import { hostname } from 'node:os'
import { pid } from 'node:process'
import type { RuntimeIdentity } from '@traceml/contracts'

/** Environment variables as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>

/**
 * Who this process is in a distributed run, from the variables that launchers set: `RANK`,
 * `LOCAL_RANK`, `WORLD_SIZE`, `LOCAL_WORLD_SIZE`, `GROUP_RANK`, `NODE_RANK`. A missing, blank or
 * unparsable one counts as absent. The local world size is never guessed.
 */
export function resolveIdentity(env: Environment): RuntimeIdentity {
  const globalRank = integer(env['RANK']) ?? 0
  const worldSize = Math.max(1, integer(env['WORLD_SIZE']) ?? 1)
  const localWorldSize = Math.max(1, integer(env['LOCAL_WORLD_SIZE']) ?? 1)
  const impliedLocalRank = worldSize > 1 ? modulo(globalRank, localWorldSize) : 0
  return {
    globalRank,
    localRank: Math.max(0, integer(env['LOCAL_RANK']) ?? impliedLocalRank),
    worldSize,
    localWorldSize,
    nodeRank:
      integer(env['GROUP_RANK']) ??
      integer(env['NODE_RANK']) ??
      Math.max(0, Math.floor(globalRank / localWorldSize)),
    hostname: hostname(),
    pid,
  }
}

function integer(text: string | undefined): number | null {
  if (text === undefined || !/^\s*[+-]?\d+\s*$/.test(text)) return null
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : null
}

function modulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor
}
