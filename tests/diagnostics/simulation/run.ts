// Prints how often each set of policies is wrong on simulated runs:
//   npx tsx --conditions=@traceml/source tests/diagnostics/simulation/run.ts [seeds] [part of a name]
import { simulate, tableOf } from './simulate.js'
import { stepMemoryScenarios } from './step-memory-scenarios.js'
import { stepTimeScenarios } from './step-time-scenarios.js'

const [seeds = '200', part = ''] = process.argv.slice(2)
const scenarios = [...stepTimeScenarios, ...stepMemoryScenarios].filter(({ name }) =>
  name.includes(part),
)
const rows = scenarios.map((scenario) => simulate(scenario, Number(seeds)))
process.stdout.write(`${tableOf(rows)}\n`)
