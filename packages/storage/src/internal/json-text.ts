const PLAIN = /^[ !#-[\]-~]*$/
const NON_ASCII = /[\u007f-\uffff]/g

/** JSON text of a string in ASCII: everything else is escaped as UTF-16 units. */
export function jsonString(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`
  return JSON.stringify(text).replace(
    NON_ASCII,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** JSON text of a number; what JSON cannot say is null. */
export function jsonNumber(value: number | null): string {
  return value !== null && Number.isFinite(value) ? String(value) : 'null'
}
