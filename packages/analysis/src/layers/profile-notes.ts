/** What the notes of a profile are about. */
export interface NoteFacts {
  readonly ranksMissing: readonly number[]
  readonly ranksDifferent: readonly number[]
  readonly ranksOtherClock: readonly number[]
  readonly clock: 'cpu' | 'gpu' | null
  readonly ranksUsed: number
  readonly hasBackward: boolean
  readonly hasMemory: boolean
  readonly unsteadyCount: number
}

/** Sentences about what is not in the numbers of a profile. */
export function profileNotes(facts: NoteFacts): readonly string[] {
  const { ranksMissing, ranksDifferent, ranksOtherClock, clock, ranksUsed, unsteadyCount } = facts
  const notes: string[] = []
  if (ranksMissing.length > 0) notes.push(`No sampled step of ${ranksText(ranksMissing)}.`)
  if (ranksDifferent.length > 0) {
    const [have, are] = ranksDifferent.length === 1 ? ['has', 'is'] : ['have', 'are']
    notes.push(`${subject(ranksDifferent)} ${have} other layers or parameters and ${are} left out.`)
  }
  if (ranksOtherClock.length > 0) {
    const [have, are] = ranksOtherClock.length === 1 ? ['has', 'is'] : ['have', 'are']
    const times = clock === 'gpu' ? 'the host' : 'a device'
    notes.push(
      `${subject(ranksOtherClock)} ${have} times of ${times} and ${are} left out: clocks are not mixed.`,
    )
  }
  if (ranksUsed > 0 && clock !== null && !facts.hasBackward) {
    notes.push('The backward pass was not measured: times are those of the forward pass.')
  }
  if (ranksUsed > 0 && !facts.hasMemory) {
    notes.push('Outputs and gradients were not measured: memory is that of the parameters.')
  }
  if (unsteadyCount > 0) {
    const steps = unsteadyCount === 1 ? '1 sampled step' : `${unsteadyCount} sampled steps`
    notes.push(`Without ${steps} that took far longer than the others, as in a warm-up.`)
  }
  return notes
}

function subject(ranks: readonly number[]): string {
  return ranksText(ranks).replace('r', 'R')
}

/** `rank 3`, `ranks 0, 2 and 5`, `ranks 0, 1, 2, 3 and 12 more`. */
function ranksText(ranks: readonly number[]): string {
  if (ranks.length === 1) return `rank ${ranks[0]}`
  const shown = ranks.length > 5 ? ranks.slice(0, 4) : ranks.slice(0, -1)
  const rest = ranks.length > 5 ? `${ranks.length - 4} more` : String(ranks.at(-1))
  return `ranks ${shown.join(', ')} and ${rest}`
}
