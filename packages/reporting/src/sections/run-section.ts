import type { SectionContext, SectionPayload, SummarySection } from '@traceml/contracts'
import { errorMessage } from '@traceml/contracts'
import { fallbackPayload } from './fallback.js'

/** Names of `record`'s keys that differ from `expected`, or null when they are the same set. */
function keyDifference(record: object, expected: readonly string[]): string | null {
  const keys = Object.keys(record)
  const odd = [
    ...keys.filter((key) => !expected.includes(key)),
    ...expected.filter((key) => !keys.includes(key)),
  ]
  return odd.length === 0 ? null : odd.join(', ')
}

/** One sentence about the first broken promise of a payload, or null when it keeps all. */
function contractViolation(section: SummarySection, payload: SectionPayload): string | null {
  if (payload.issues.length === 0) return 'it has no issue'
  if (payload.global.index_by !== section.indexBy) {
    return `it is indexed by ${payload.global.index_by} instead of ${section.indexBy}`
  }
  const names = payload.metadata.section_metric_names
  const maps = [
    ['average', payload.global.average],
    ['median', payload.global.median],
    ['worst', payload.global.worst],
    ...Object.entries(payload.groups.rows).map(([id, row]) => [`row ${id}`, row.metrics] as const),
  ] as const
  for (const [name, map] of maps) {
    const difference = keyDifference(map, names)
    if (difference !== null) {
      return `the metrics of its ${name} are not those of section_metric_names: ${difference}`
    }
  }
  return null
}

/**
 * Loads and builds one section; null when the run has nothing that it is about. It never throws: a
 * section that does, or that breaks the contract of the payload, is logged and replaced by a payload
 * that says so.
 */
export async function runSection(
  section: SummarySection,
  context: SectionContext,
): Promise<SectionPayload | null> {
  try {
    const data = await section.load(context)
    if (section.applies !== undefined && !section.applies(data)) return null
    const payload = section.build(data, { windowRows: context.windowRows })
    const violation = contractViolation(section, payload)
    if (violation === null) return payload
    throw new Error(`The payload of section "${section.id}" is malformed: ${violation}.`)
  } catch (error) {
    context.logger.error(`The ${section.id} section failed: ${errorMessage(error)}`, {
      section: section.id,
      error,
    })
    return fallbackPayload({
      title: section.title,
      indexBy: section.indexBy,
      summary: `The ${section.title} section could not be built: ${errorMessage(error)}`,
      action: 'Look into the log of the run and check that its history database is complete.',
    })
  }
}
