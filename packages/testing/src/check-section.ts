import type { JsonValue, SectionContext, SectionPayload, SummarySection } from '@traceml/contracts'

/** The issue keys of a report, in their order. */
const ISSUE_KEYS = [
  'kind',
  'status',
  'severity',
  'summary',
  'action',
  'metric',
  'phase',
  'score',
  'share_pct',
  'skew_pct',
  'ranks',
  'evidence',
] as const

const PAYLOAD_KEYS = [
  'metadata',
  'diagnosis',
  'issues',
  'global',
  'groups',
  'units',
  'card',
] as const

function reject(id: string, problem: string): never {
  throw new Error(`Section "${id}" ${problem}`)
}

function sameKeys(actual: object, expected: readonly string[]): boolean {
  const keys = Object.keys(actual)
  return keys.length === expected.length && expected.every((key) => keys.includes(key))
}

/** Path of the first value that does not survive JSON, or null. */
function nonJsonPath(value: unknown, path: string): string | null {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return null
  if (typeof value === 'number') return Number.isFinite(value) ? null : path
  if (typeof value !== 'object') return path
  for (const [key, item] of Object.entries(value as Record<string, unknown>)) {
    const found = nonJsonPath(item, `${path}.${key}`)
    if (found !== null) return found
  }
  return null
}

function checkDeclaration(section: SummarySection<unknown>): void {
  const id = String(section.id)
  if (section.apiVersion !== 1 || section.kind !== 'section') {
    reject(id, 'must declare apiVersion 1 and kind "section".')
  }
  if (!/^[a-z][a-z0-9_-]*(\/[a-z][a-z0-9_-]*)?$/.test(id)) {
    reject(id, 'needs a lower-case id, namespaced for third parties such as "acme/disk".')
  }
  if (section.title.trim() === '') reject(id, 'needs a title to show.')
}

function checkIssues(id: string, payload: SectionPayload): void {
  if (payload.issues.length === 0) reject(id, 'returned no issue; a neutral state is an issue too.')
  if (JSON.stringify(payload.diagnosis) !== JSON.stringify(payload.issues[0])) {
    reject(id, 'returned a diagnosis that is not a copy of its first issue.')
  }
  for (const issue of payload.issues) {
    if (!sameKeys(issue, ISSUE_KEYS)) {
      reject(id, `returned an issue "${issue.kind}" whose keys are not ${ISSUE_KEYS.join(', ')}.`)
    }
    if (!['info', 'warn', 'crit'].includes(issue.severity)) {
      reject(id, `returned an issue of severity "${issue.severity}"; use info, warn or crit.`)
    }
    if (issue.summary.trim() === '') reject(id, `returned "${issue.kind}" without a summary.`)
  }
}

function checkMetrics(section: SummarySection<unknown>, payload: SectionPayload): void {
  const { id, indexBy } = section
  if (payload.global.index_by !== indexBy || payload.groups.by !== indexBy) {
    reject(id, `declares indexBy "${indexBy}" and returned a payload grouped by something else.`)
  }
  const names = payload.metadata.section_metric_names
  const { average, median, worst } = payload.global
  const rows = Object.entries(payload.groups.rows)
  const maps: readonly (readonly [string, object])[] = [
    ['global.average', average],
    ['global.median', median],
    ['global.worst', worst],
    ...rows.map(([key, row]) => [`groups.rows["${key}"].metrics`, row.metrics] as const),
  ]
  for (const [name, map] of maps) {
    if (!sameKeys(map, names)) {
      reject(id, `returned ${name} with other keys than metadata.section_metric_names.`)
    }
  }
  for (const [name, points] of [
    ['median', median],
    ['worst', worst],
  ] as const) {
    for (const [metric, point] of Object.entries(points)) {
      if ((point.value === null) !== (point.idx === null)) {
        reject(id, `returned global.${name}.${metric} with only one of value and idx.`)
      }
      if (point.idx !== null && payload.groups.rows[point.idx] === undefined) {
        reject(id, `returned global.${name}.${metric} for row "${point.idx}", which is not there.`)
      }
    }
  }
}

/**
 * Checks that a section keeps the contract of `SummarySection`: its declaration, the shape of the
 * payload, metric names that agree everywhere, values that survive JSON, and a `build` that gives
 * the same payload twice.
 *
 * @param section - The section to check.
 * @param context - A store with some data, and without any in a second call: both must work.
 * @returns The payload, for assertions of your own.
 * @throws {Error} With one sentence about the first broken promise.
 */
export async function checkSection<Data>(
  section: SummarySection<Data>,
  context: SectionContext,
): Promise<SectionPayload> {
  checkDeclaration(section as SummarySection<unknown>)
  const data = await section.load(context)
  const payload = section.build(data, { windowRows: context.windowRows })
  const { details: _, ...published } = payload
  if (!sameKeys(published, PAYLOAD_KEYS)) {
    reject(section.id, `returned a payload whose keys are not ${PAYLOAD_KEYS.join(', ')}.`)
  }
  checkIssues(section.id, payload)
  checkMetrics(section as SummarySection<unknown>, payload)
  const odd = nonJsonPath(payload as unknown as JsonValue, 'payload')
  if (odd !== null) {
    reject(section.id, `returned ${odd}, which JSON cannot hold; use null for missing values.`)
  }
  const again = section.build(data, { windowRows: context.windowRows })
  if (JSON.stringify(again) !== JSON.stringify(payload)) {
    reject(section.id, 'built two different payloads from the same data; build must be pure.')
  }
  return payload
}
