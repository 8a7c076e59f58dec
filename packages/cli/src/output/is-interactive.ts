/**
 * Whether something can be drawn: stderr is a terminal that can move its cursor, and a person is
 * likely to look at it. Build servers that give their jobs a terminal say so in `CI`.
 */
export function isInteractive(): boolean {
  const { TERM: terminal, CI: build = '' } = process.env
  const isBuild = build !== '' && build !== 'false' && build !== '0'
  return process.stderr.isTTY === true && terminal !== 'dumb' && !isBuild
}
