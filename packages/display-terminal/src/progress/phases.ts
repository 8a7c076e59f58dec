import type { RunProgress } from '@traceml/contracts'

/** A part of a step as the bar shows it. */
export interface PhasePart {
  readonly name: string
  /** Milliseconds, null when not measured. */
  readonly ms: number | null
}

/** The parts of a step and their whole. */
export interface StepParts {
  /** In the order of the bar; `rest` is what no phase claims. */
  readonly parts: readonly PhasePart[]
  /** Outer milliseconds a step; null when the step itself was not measured. */
  readonly stepMs: number | null
}

/**
 * Splits a mean step into its phases. The rest is null unless forward and backward were measured:
 * otherwise it would hide them.
 */
export function stepParts(phases: RunProgress['phasesMs']): StepParts {
  const traced = phases.traced_step_time
  const named = [phases.h2d, phases.forward, phases.backward, phases.optimizer_step]
  const known = named.reduce<number>((sum, value) => sum + (value ?? 0), 0)
  const hasRest = traced !== null && phases.forward !== null && phases.backward !== null
  return {
    parts: [
      { name: 'input wait', ms: phases.input_wait },
      { name: 'h2d', ms: phases.h2d },
      { name: 'forward', ms: phases.forward },
      { name: 'backward', ms: phases.backward },
      { name: 'optimizer', ms: phases.optimizer_step },
      { name: 'rest', ms: hasRest ? Math.max(0, traced - known) : null },
    ],
    stepMs: traced === null ? null : traced + (phases.input_wait ?? 0),
  }
}

/** The part that takes longest, null when none was measured. */
export function largestPart(parts: readonly PhasePart[]): PhasePart | null {
  let largest: PhasePart | null = null
  for (const part of parts) {
    if (part.ms !== null && (largest?.ms ?? 0) < part.ms) largest = part
  }
  return largest
}

/**
 * Cells of each part in a bar of `width` cells, proportional to its milliseconds. Parts above zero
 * get at least one cell as long as there is room; cells that no measured part claims stay empty.
 */
export function barCells(step: StepParts, width: number): readonly number[] {
  const total = Math.max(
    step.stepMs ?? 0,
    step.parts.reduce((sum, part) => sum + (part.ms ?? 0), 0),
  )
  if (total <= 0) return step.parts.map(() => 0)
  const cells = step.parts.map((part) => {
    const exact = ((part.ms ?? 0) / total) * width
    return exact > 0 ? Math.max(1, Math.round(exact)) : 0
  })
  // Rounding up small parts can exceed the width: take the surplus from the largest.
  for (let surplus = cells.reduce((a, b) => a + b, 0) - width; surplus > 0; surplus -= 1) {
    const widest = cells.indexOf(Math.max(...cells))
    cells[widest] = (cells[widest] ?? 1) - 1
  }
  return cells
}
