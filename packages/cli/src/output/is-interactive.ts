/** Whether a live region can be drawn: stderr is a terminal that can move its cursor. */
export function isInteractive(): boolean {
  return process.stderr.isTTY === true && process.env['TERM'] !== 'dumb'
}
