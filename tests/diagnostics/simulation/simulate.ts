import { createRandom } from './random.js'
import type { Outcome, PolicySet, Scenario } from './scenario.js'

/** How often each set of policies was wrong, as fractions of the seeds. */
export interface SimulationRow {
  readonly scenario: Scenario
  readonly seeds: number
  readonly rates: Readonly<Record<PolicySet, Readonly<Record<Outcome, number>>>>
}

/** Runs a scenario with the seeds 1 to `seeds`. */
export function simulate(scenario: Scenario, seeds: number): SimulationRow {
  const counts = { compatible: emptyCounts(), robust: emptyCounts() }
  for (let seed = 1; seed <= seeds; seed++) {
    const outcome = scenario.run(createRandom(Math.imul(seed, 0x9e3779b1)))
    counts.compatible[outcome.compatible] += 1
    counts.robust[outcome.robust] += 1
  }
  const rates = (of: Record<Outcome, number>): Record<Outcome, number> => ({
    right: of.right / seeds,
    'false alarm': of['false alarm'] / seeds,
    missed: of.missed / seeds,
  })
  return {
    scenario,
    seeds,
    rates: { compatible: rates(counts.compatible), robust: rates(counts.robust) },
  }
}

function emptyCounts(): Record<Outcome, number> {
  return { right: 0, 'false alarm': 0, missed: 0 }
}

/** The rows as a Markdown table. */
export function tableOf(rows: readonly SimulationRow[]): string {
  const percent = (rate: number): string => `${(rate * 100).toFixed(1)} %`
  const lines = rows.map(({ scenario, rates: { compatible, robust } }) =>
    [
      scenario.name,
      scenario.truth,
      percent(compatible['false alarm']),
      percent(robust['false alarm']),
      percent(compatible.missed),
      percent(robust.missed),
    ].join(' | '),
  )
  return [
    '| run | truth | false alarms, compatible | robust | missed, compatible | robust |',
    '| --- | --- | ---: | ---: | ---: | ---: |',
    ...lines.map((line) => `| ${line} |`),
  ].join('\n')
}
