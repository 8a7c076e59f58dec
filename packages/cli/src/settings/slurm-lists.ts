/**
 * First host of a list as Slurm writes them: `gpu[08-11,20],login1` starts with `gpu08`. Null for
 * an empty list.
 */
export function firstHostOf(list: string): string | null {
  const [, prefix = '', ranges, suffix = ''] =
    /^([^,[\]]*)(?:\[([^\]]*)\])?([^,[\]]*)/.exec(list.trim()) ?? []
  const first = ranges === undefined ? '' : (/^\d+/.exec(ranges)?.[0] ?? '')
  const host = prefix + first + suffix
  return host === '' ? null : host
}

/**
 * Tasks of one node in a list as Slurm writes them: `4(x2),3` is 4, 4, 3. Null when the list does
 * not say.
 *
 * @param nodeIndex - From 0.
 */
export function tasksOnNode(list: string, nodeIndex: number): number | null {
  let index = 0
  for (const part of list.split(',')) {
    const [, tasks, times = '1'] = /^(\d+)(?:\(x(\d+)\))?$/.exec(part.trim()) ?? []
    if (tasks === undefined) return null
    index += Number(times)
    if (nodeIndex < index) return Number(tasks)
  }
  return null
}
