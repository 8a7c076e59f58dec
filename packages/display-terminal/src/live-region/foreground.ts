import { readFileSync } from 'node:fs'

/**
 * False for a process in the background of its terminal (`command &`, or stopped and continued
 * with `bg`), where the screen belongs to somebody else. Known on Linux; elsewhere always true.
 */
export function isInForeground(platform: string = process.platform): boolean {
  if (platform !== 'linux') return true
  try {
    return isForegroundStat(readFileSync('/proc/self/stat', 'utf8'))
  } catch {
    return true
  }
}

/** What `/proc/<pid>/stat` says; a process without a terminal of its own counts as foreground. */
export function isForegroundStat(stat: string): boolean {
  // The name of the program, in parentheses, may hold spaces and parentheses of its own.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [, , group, , , terminalGroup] = fields.map(Number)
  if (group === undefined || terminalGroup === undefined) return true
  return !(terminalGroup > 0) || terminalGroup === group
}
