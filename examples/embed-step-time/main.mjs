import { verdictOf } from './verdict.mjs'

// Thirty steps that wait longer for their batch than they compute.
const steps = Array.from({ length: 30 }, (_, index) => ({
  wait: 60 + (index % 3),
  forward: 12,
  backward: 24,
  update: 4,
  total: 42,
}))

const { status, severity, reason, action } = verdictOf(steps)
console.log(`${status} (${severity})\n${reason}\n${action}`)
