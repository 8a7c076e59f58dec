import { readFileSync } from 'node:fs'
import { childrenOf } from '../fixtures/cli/support.ts'

/** Ids of all Python processes below a process. */
export function pythonBelow(pid: number): readonly number[] {
  return childrenOf(pid).flatMap((child) => [
    ...(isPython(child) ? [child] : []),
    ...pythonBelow(child),
  ])
}

function isPython(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('p')
  } catch {
    return false
  }
}
