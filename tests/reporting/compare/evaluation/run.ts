// Prints how often verdicts are wrong on simulated and on recorded pairs of runs:
//   npx tsx --conditions=@traceml/source tests/reporting/compare/evaluation/run.ts [seeds]

import { evaluate, type Rates } from './evaluate.js'
import { recordedPairs, recordings } from './recorded.js'
import { NOISES } from './series.js'
import { simulatedRates } from './simulated.js'

const [seeds = '500'] = process.argv.slice(2)
const percent = (rate: number): string => `${(100 * rate).toFixed(1)} %`

const HEAD = [
  '| runs | steps | false alarms, averages | steps | left open | 5 % slower: missed, averages | found, steps | left open | 10 % slower: found, steps |',
  '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
]

function row(name: string, steps: number | string, same: Rates, five: Rates, ten: Rates): string {
  const cells = [
    name,
    String(steps),
    percent(same.averages.REGRESSION),
    percent(same.steps.REGRESSION),
    percent(same.steps.INCONCLUSIVE),
    percent(1 - five.averages.REGRESSION),
    percent(five.steps.REGRESSION),
    percent(five.steps.INCONCLUSIVE),
    percent(ten.steps.REGRESSION),
  ]
  return `| ${cells.join(' | ')} |`
}

const simulated = NOISES.flatMap((noise) =>
  [40, 200, 1000].map((steps) => {
    const rates = (factor: number): Rates => simulatedRates(noise, steps, factor, Number(seeds))
    return row(noise.name, steps, rates(1), rates(1.05), rates(1.1))
  }),
)
const recorded = recordings().map((recording) => {
  const rates = (factor: number): Rates => evaluate(recordedPairs(recording, factor))
  const steps = recording.a[0]?.length ?? 0
  return row(
    `${recording.name} (${rates(1).pairs} pairs)`,
    steps,
    rates(1),
    rates(1.05),
    rates(1.1),
  )
})
process.stdout.write(
  `${[...HEAD, ...simulated].join('\n')}\n\n${[...HEAD, ...recorded].join('\n')}\n`,
)
for (const recording of recordings()) {
  const real = evaluate(recording.a.flatMap((a) => recording.b.map((b) => [a, b] as const)))
  process.stdout.write(
    `${recording.name}: B really does ${recording.factor} times the work; of ${real.pairs} pairs ${percent(real.steps.REGRESSION)} REGRESSION, ${percent(real.steps.INCONCLUSIVE)} INCONCLUSIVE, ${percent(real.steps.EQUIVALENT)} EQUIVALENT, ${percent(real.steps.IMPROVEMENT)} IMPROVEMENT\n`,
  )
}
