const ESC = '\u001B['

/** Whether colours are wanted on a stream: by NO_COLOR and FORCE_COLOR, else on a terminal only. */
export function wantsColor(
  stream: { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>> = process.env,
): boolean {
  if ((environment['NO_COLOR'] ?? '') !== '') return false
  const forced = environment['FORCE_COLOR']
  if (forced !== undefined) return forced !== '0' && forced !== 'false'
  return stream.isTTY === true && environment['TERM'] !== 'dumb'
}

function paint(open: number, close: number): (text: string) => string {
  return (text) => `${ESC}${open}m${text}${ESC}${close}m`
}

export const bold: (text: string) => string = paint(1, 22)
export const dim: (text: string) => string = paint(2, 22)
export const red: (text: string) => string = paint(31, 39)
export const green: (text: string) => string = paint(32, 39)
export const yellow: (text: string) => string = paint(33, 39)
export const cyan: (text: string) => string = paint(36, 39)
