import { InputError, PHASES, type RankStepColumns, type StepTimeSnapshot } from '@traceml/contracts'

function fail(message: string): never {
  throw new InputError('TRACEML_INPUT_INVALID', message)
}

function checkRank(rank: RankStepColumns): void {
  const name = `the snapshot's rank ${String(rank.globalRank)}`
  const { steps } = rank
  const columns: readonly (readonly [string, ArrayBufferView | undefined])[] = [
    ['present', rank.present],
    ...PHASES.map((phase, p) => [`cpuMs (${phase})`, rank.cpuMs?.[p]] as const),
    ...PHASES.map((phase, p) => [`gpuMs (${phase})`, rank.gpuMs?.[p]] as const),
  ]
  for (const [input, column] of columns) {
    const length = ArrayBuffer.isView(column) ? (column as Float64Array).length : 'no typed'
    if (length === steps.length) continue
    fail(
      `${input} of ${name} has ${String(length)} entries and steps has ${String(steps.length)}; give one entry a step.`,
    )
  }
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i] as number
    if (!Number.isFinite(step) || (i > 0 && step <= (steps[i - 1] as number))) {
      fail(
        `steps[${String(i)}] of ${name} is ${String(step)}; give finite step numbers in ascending order without repeats.`,
      )
    }
  }
}

/**
 * The observed ranks of a snapshot, ascending.
 *
 * @throws {InputError} `TRACEML_INPUT_INVALID` for columns of unequal length, steps out of order
 * and a rank that occurs twice.
 */
export function observedRanks(snapshot: StepTimeSnapshot): readonly RankStepColumns[] {
  if (!Array.isArray(snapshot?.ranks) || !Array.isArray(snapshot.globalRanks)) {
    fail('The snapshot has no list of ranks; make one with stepTimeSnapshotFromRows.')
  }
  const ranks = snapshot.ranks
    .filter((rank) => rank.steps?.length > 0)
    .toSorted((a, b) => a.globalRank - b.globalRank)
  ranks.forEach((rank, r) => {
    if (rank.globalRank === ranks[r - 1]?.globalRank) {
      fail(`The snapshot's ranks hold rank ${String(rank.globalRank)} twice; merge its steps.`)
    }
    checkRank(rank)
  })
  return ranks
}
