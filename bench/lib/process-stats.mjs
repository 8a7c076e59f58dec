// What the operating system knows of a process: CPU time and memory. Linux only, like the aims.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'

/** Ticks a second in /proc; 100 on every Linux that Node runs on. */
const TICKS = 100

function statFields(pid) {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The name, in brackets, may hold spaces; fields are counted from 3 after it.
  return text.slice(text.lastIndexOf(')') + 2).split(' ')
}

/** CPU seconds (user and system, all threads) of a running process, to 10 ms. @param {number} pid */
export function cpuSeconds(pid) {
  const fields = statFields(pid)
  return (Number(fields[11]) + Number(fields[12])) / TICKS
}

/** CPU seconds of all ended descendants of this process that their parents waited for, to 10 ms. */
function reapedCpuSeconds() {
  const fields = statFields('self')
  return (Number(fields[13]) + Number(fields[14])) / TICKS
}

/** `VmRSS` (now) or `VmHWM` (highest so far) of a running process in MiB. */
export function memoryMiB(pid, field) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 1024
}

/**
 * Runs a command to its end, output thrown away.
 *
 * @returns {Promise<{ wallMs: number, cpuMs: number }>} `cpuMs` counts its descendants too. Run
 *   one at a time: CPU time is the difference of this process' total.
 */
export async function measureProcess(command, args, options = {}) {
  const cpuBefore = reapedCpuSeconds()
  const start = performance.now()
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], ...options })
  let errors = ''
  child.stderr.on('data', (chunk) => {
    errors += chunk
  })
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  const wallMs = performance.now() - start
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}: ${errors}`)
  return { wallMs, cpuMs: (reapedCpuSeconds() - cpuBefore) * 1000 }
}
