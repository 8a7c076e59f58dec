const GENERIC_STEMS: readonly string[] = ['final_summary', 'summary', 'run', 'output']

/** Labels of the two sides of a comparison. */
export interface CompareLabels {
  readonly lhs: string
  readonly rhs: string
}

/** Makes a label from any text: letters, digits, `.`, `_` and `-` only; `run` when nothing is left. */
export function sanitizeLabel(text: string): string {
  const label = text
    .trim()
    .replace(/[^A-Za-z0-9._-]+/g, '_')
    .replace(/_+/g, '_')
    .replace(/^[._-]+|[._-]+$/g, '')
  return label === '' ? 'run' : label
}

/** Last part and parent directory name of a path with `/` or `\`; both may be empty. */
export function pathNames(path: string): { readonly file: string; readonly parent: string } {
  const parts = path.split(/[/\\]+/)
  return { file: parts.at(-1) ?? '', parent: parts.at(-2) ?? '' }
}

function stemOf(file: string): string {
  const dot = file.lastIndexOf('.')
  return dot > 0 ? file.slice(0, dot) : file
}

function labelOf(path: string): string {
  const { file, parent } = pathNames(path)
  const label = sanitizeLabel(stemOf(file))
  return GENERIC_STEMS.includes(label.toLowerCase()) ? sanitizeLabel(parent) : label
}

/** Short distinct labels for any number of summary paths: like those of two, then numbered. */
export function labelsForRuns(paths: readonly string[]): readonly string[] {
  const short = paths.map(labelOf)
  const long = paths.map((path, index) =>
    short.filter((label) => label === short[index]).length === 1
      ? (short[index] ?? '')
      : `${sanitizeLabel(pathNames(path).parent)}_${short[index] ?? ''}`,
  )
  const taken = new Set<string>()
  return long.map((label) => {
    let distinct = label
    for (let count = 2; taken.has(distinct); count += 1) distinct = `${label}_${count}`
    taken.add(distinct)
    return distinct
  })
}

/**
 * Short distinct labels for two summary paths: the file's stem, or the directory's name when the
 * file has a generic one such as `final_summary.json`.
 */
export function labelsForPaths(lhsPath: string, rhsPath: string): CompareLabels {
  const lhs = labelOf(lhsPath)
  const rhs = labelOf(rhsPath)
  if (lhs !== rhs) return { lhs, rhs }
  const lhsLong = `${sanitizeLabel(pathNames(lhsPath).parent)}_${lhs}`
  const rhsLong = `${sanitizeLabel(pathNames(rhsPath).parent)}_${rhs}`
  if (lhsLong !== rhsLong) return { lhs: lhsLong, rhs: rhsLong }
  return { lhs: `lhs_${lhsLong}`, rhs: `rhs_${rhsLong}` }
}
