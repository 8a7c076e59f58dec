/** Lists of numbers and nulls as they stand in indented JSON. Texts cannot hold a line break. */
const NUMBER_LIST = /\[\n\s*((?:-?[\d.eE+-]+|null)(?:,\n\s*(?:-?[\d.eE+-]+|null))*)\n\s*\]/g

/**
 * Returns a summary as the text of its file: JSON indented by two spaces, with each list of numbers
 * on a line of its own, so that the course over a run neither fills the file nor hides the rest.
 */
export function summaryJson(summary: object): string {
  const text = JSON.stringify(summary, null, 2)
  return `${text.replace(NUMBER_LIST, (_, list: string) => `[${list.replace(/,\n\s*/g, ', ')}]`)}\n`
}
