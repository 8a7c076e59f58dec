import type { JavaScriptSiteFact } from '@traceml/contracts'

/** A line of the program; `library` when only the library is on the stack. */
export type CallSite = Pick<JavaScriptSiteFact, 'at' | 'name'>

/** Deep enough for layers within layers within a gradient. */
const FRAMES = 80

/** A stack that was taken and is turned into text only when somebody asks. */
export interface SampledStack {
  readonly stack?: string | undefined
}

/**
 * Takes the stack of the caller of `below`. Some microseconds: for a few calls, not for each.
 * The text, with source maps where the process has them, is made on the first reading.
 */
export function takeStack(below: (...args: never[]) => unknown): SampledStack {
  const before: unknown = Error.stackTraceLimit
  try {
    if (typeof before === 'number' && before < FRAMES) Error.stackTraceLimit = FRAMES
    if (typeof Error.captureStackTrace !== 'function') return new Error('stack')
    const holder: SampledStack = {}
    Error.captureStackTrace(holder, below)
    return holder
  } finally {
    if (typeof before === 'number') Error.stackTraceLimit = before
  }
}

/** Absent in scripts that are no modules, which some bundlers make. */
const HERE: string = (import.meta.url as string | undefined)?.split('?')[0] ?? ''
/** Where our own files lie; empty in a bundle, where they cannot be told apart. */
const OWN = /^(?:file:\/\/)?(.*\/)(?:src|dist)\/[^/]*$/.exec(HERE)?.[1]
const OWN_IN_SOURCE = /^(?:file:\/\/)?(.*\/)src\/signals\//.exec(HERE)?.[1]

/**
 * The innermost line of the program on a stack: not the library's, ours, or the platform's. What
 * stands behind an `await` further up did not call it.
 *
 * @param root - Folder or origin that is left away, with its slash at the end.
 */
export function siteOf(sampled: SampledStack, root: string): CallSite {
  const text: unknown = sampled.stack
  if (typeof text !== 'string') return LIBRARY
  for (const line of text.split('\n')) {
    const frame = frameOf(line)
    if (frame !== null && isOfProgram(frame.file))
      return { at: `${shorten(frame.file, root)}:${frame.position}`, name: frame.name }
  }
  return LIBRARY
}

const LIBRARY: CallSite = { at: 'library', name: null }

interface Frame {
  readonly file: string
  readonly position: string
  readonly name: string | null
}

/** `at name (file:1:2)`, `at file:1:2`, or `name@file:1:2` of other engines. */
function frameOf(line: string): Frame | null {
  const trimmed = line.trim()
  if (trimmed.startsWith('at async ')) return null
  const match =
    /^at (?:(.*?) \()?([^()\s].*?):(\d+:\d+)\)?$/.exec(trimmed) ??
    /^(?:(.*?)@)?(\S+?):(\d+:\d+)$/.exec(trimmed)
  if (match === null) return null
  const [, name = '', file = '', position = ''] = match
  const plain = name.replace(/^(?:new|Object\.|async) ?/, '').replace(/ \[as .*\]$/, '')
  return { file, position, name: plain === '' || plain.includes('<anonymous>') ? null : plain }
}

function isOfProgram(file: string): boolean {
  if (file.startsWith('node:') || file === 'native' || file.includes('<anonymous>')) return false
  if (/[\\/]node_modules[\\/]/.test(file) || /\btfjs?[-.\w]*\.js/.test(file)) return false
  const own = OWN_IN_SOURCE ?? OWN
  return own === undefined || !file.includes(own)
}

function shorten(file: string, root: string): string {
  const path = file.startsWith('file://') ? decode(file.slice('file://'.length)) : file
  return root !== '' && path.startsWith(root) ? path.slice(root.length) : path
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
