import { errorMessage, type Logger, type SummarySection } from '@traceml/contracts'
import { defaultExport, importModule } from '../import-module.js'
import { oneLine } from '../output/failure.js'

const BUILT_IN: readonly string[] = ['system', 'process', 'step_time', 'step_memory']

/**
 * Loads modules whose default export is a `SummarySection` or a list of them. Never rejects: what
 * cannot be used is said in one warning, and the report does without.
 */
export async function loadSections(
  urls: readonly string[],
  logger: Pick<Logger, 'warn'>,
): Promise<readonly SummarySection[]> {
  const sections: SummarySection[] = []
  const ids = new Set<string>()
  for (const url of urls) {
    try {
      for (const value of [defaultExport(await importModule(url))].flat()) {
        const problem = isSection(value) ? idProblem(value.id, ids) : NO_SECTION
        if (problem !== null) logger.warn(`The section module "${url}" ${problem}.`)
        else {
          ids.add((value as SummarySection).id)
          sections.push(value as SummarySection)
        }
      }
    } catch (error) {
      logger.warn(
        `The section module "${url}" failed to load: ${oneLine(errorMessage(error))}; the report does without it.`,
      )
    }
  }
  return sections
}

const NO_SECTION =
  'has a default export that is no section: it needs apiVersion 1, kind "section", an id, a title, load() and build()'

function isSection(value: unknown): value is SummarySection {
  const section = value as Partial<SummarySection> | null | undefined
  return (
    section?.apiVersion === 1 &&
    section.kind === 'section' &&
    typeof section.id === 'string' &&
    section.id.trim() !== '' &&
    typeof section.title === 'string' &&
    typeof section.load === 'function' &&
    typeof section.build === 'function'
  )
}

function idProblem(id: string, taken: ReadonlySet<string>): string | null {
  if (BUILT_IN.includes(id)) return `takes the id "${id}" of a built-in section; rename it`
  return taken.has(id) ? `has a second section with the id "${id}"; rename it` : null
}
