import type { Issue, SectionPayload, Severity } from '@traceml/contracts'
import { expect, test } from 'vitest'
import { leadingDiagnosis } from './leading-diagnosis.js'
import { fallbackPayload } from './sections/fallback.js'

const EMPTY = fallbackPayload({
  title: 'x',
  indexBy: 'global_rank',
  summary: 'Nothing.',
  action: 'Nothing.',
})

function issue(kind: string, severity: Severity, phase: string | null = null): Issue {
  return { ...EMPTY.diagnosis, kind, status: kind, severity, phase, summary: `${kind} is so.` }
}

function core(stepTime: Issue, memory: Issue = issue('BALANCED', 'info')) {
  const payload = (diagnosis: Issue): SectionPayload => ({
    ...EMPTY,
    diagnosis,
    issues: [diagnosis],
  })
  return { step_time: payload(stepTime), step_memory: payload(memory), system: EMPTY }
}

test.each([
  ['more severe than step time', issue('BALANCED', 'info'), 'BALANCED', 'warn', null, true],
  ['no finding', issue('BALANCED', 'info'), 'BALANCED', 'info', 'residual', false],
  [
    'as severe, of another part',
    issue('RESIDUAL_HEAVY', 'crit', 'residual'),
    '',
    'crit',
    'h2d',
    false,
  ],
  [
    'as severe, of the same part',
    issue('RESIDUAL_HEAVY', 'crit', 'residual'),
    '',
    'crit',
    'residual',
    true,
  ],
  [
    'less severe, of the same part',
    issue('RESIDUAL_HEAVY', 'crit', 'residual'),
    '',
    'warn',
    'residual',
    false,
  ],
] as const)('a finding leads: %s', (_name, stepTime, _kind, severity, phase, leads) => {
  const candidate = { section: 'acme', diagnosis: issue('MINE', severity, phase) }
  const { kind, section, evidence } = leadingDiagnosis(core(stepTime), [candidate])
  expect(section).toBe(leads ? 'acme' : 'step_time')
  if (leads) expect([kind, evidence['type']]).toEqual(['MINE', 'section_finding'])
})

test('memory that is worse is not covered up', () => {
  const calm = issue('BALANCED', 'info')
  const candidate = { section: 'acme', diagnosis: issue('MINE', 'warn') }
  const { section } = leadingDiagnosis(core(calm, issue('HIGH_PRESSURE', 'crit')), [candidate])
  expect(section).toBe('step_time')
  const more = { section: 'other', diagnosis: issue('WORSE', 'crit') }
  expect(leadingDiagnosis(core(calm), [candidate, more]).section).toBe('other')
})
