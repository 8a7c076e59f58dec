import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { OutputLine, OutputLines, OutputView } from '@traceml/display-terminal'
import type { StdioOf } from '../training-group.js'
import { type CapturedFile, openCapturedFile } from './captured-file.js'
import { createMergedLines } from './merged-lines.js'

/** Where the output of a process goes. */
interface CaptureTarget {
  readonly path: string
  /** Global rank of the process; null for one that has several. */
  readonly rank: number | null
}

/** What the training prints while the screen is taken. */
export interface CapturedOutput extends OutputView {
  /** Streams of a process by its position: descriptors for `spawn`. */
  readonly stdio: StdioOf
  /** From now on everything goes to the terminal, beginning with the newest lines. */
  passOn(): void
  /**
   * Reads the rest and closes the files. Prints what the terminal has not seen: the newest lines and
   * where the others are.
   */
  finish(): void
}

/** What captures output. */
export interface CaptureOptions {
  readonly targets: readonly CaptureTarget[]
  /** Which streams of the training would have gone to the terminal. */
  readonly captures: { readonly stdout: boolean; readonly stderr: boolean }
  /** Makes the lines of one process; `@traceml/display-terminal` is loaded on demand. */
  readonly createLines: (onChange: (line: OutputLine) => void, maxLines: number) => OutputLines
  /** Where it is printed. Must not throw. */
  readonly write: (bytes: Uint8Array | string) => void
  /** A path as it is shown. */
  readonly shortPath: (path: string) => string
}

/** More than that in one look is not read for the view: nobody could. */
const LOOK_BYTES = 256 * 1024
const MAX_LINES = 2_000
const MIN_LINES = 200
/** Lines that are left in the terminal after the run. */
const LAST_LINES = 100
/** Lines that are shown when the view is left. */
const LINES_AT_LEAVING = 20

/**
 * Captures the output of processes in files, one per process. When both streams go to the terminal
 * they share the file, in the order in which they were written.
 *
 * @throws When a file cannot be created; nothing is left open then.
 */
export function captureOutput(options: CaptureOptions): CapturedOutput {
  const { targets, captures, write } = options
  const files = openFiles(targets.map(({ path }) => path))
  const maxLines = Math.max(MIN_LINES, Math.floor(20_000 / files.length))
  const merged = createMergedLines(targets.length > 1, MAX_LINES)
  let changes = 0
  const lines = targets.map(({ rank }) =>
    options.createLines(
      (line) => {
        changes += 1
        merged.add(rank, line)
      },
      Math.min(MAX_LINES, maxLines),
    ),
  )
  let isPassing = false
  let timer: NodeJS.Timeout | undefined

  const look = (maxBytes: number, maySkip: boolean): boolean => {
    let isComplete = true
    for (const [index, file] of files.entries()) {
      const onBytes = (bytes: Uint8Array): void => {
        if (isPassing) write(bytes)
        else lines[index]?.push(bytes)
      }
      if (!file.read(onBytes, maxBytes, maySkip && !isPassing)) isComplete = false
    }
    return isComplete
  }
  const readAll = (): void => {
    while (!look(LOOK_BYTES, true));
  }
  const printLast = (count: number, withEnd: boolean): void => {
    const all = merged.lines()
    if (all.length === 0) return
    const shown = all.slice(-count)
    if (shown.length < all.length || lines.some((one) => one.droppedCount() > 0)) {
      write(`… the output before this is in ${places(files, options.shortPath)}\n`)
    }
    const text = shown.map(({ text: line }) => line).join('\n')
    const isOpen = !withEnd && lines.length === 1 && lines[0]?.isOpen() === true
    write(isOpen ? text : `${text}\n`)
  }
  return {
    stdio: (position) => {
      const fd = files[position]?.fd ?? 'inherit'
      return {
        stdout: captures.stdout ? fd : 'inherit',
        stderr: captures.stderr ? fd : 'inherit',
      }
    },
    poll() {
      look(LOOK_BYTES, true)
      return changes
    },
    lines(rank) {
      if (rank === null) return merged.lines()
      const index = targets.findIndex((target) => target.rank === rank)
      return lines[index]?.lines() ?? null
    },
    passOn() {
      if (isPassing) return
      readAll()
      printLast(LINES_AT_LEAVING, false)
      isPassing = true
      timer = setInterval(() => look(4 * LOOK_BYTES, false), 100)
      timer.unref()
    },
    finish() {
      clearInterval(timer)
      readAll()
      if (!isPassing) printLast(LAST_LINES, true)
      for (const file of files) file.close()
    },
  }
}

function openFiles(paths: readonly string[]): readonly CapturedFile[] {
  const files: CapturedFile[] = []
  try {
    for (const path of paths) {
      mkdirSync(dirname(path), { recursive: true })
      files.push(openCapturedFile(path))
    }
  } catch (error) {
    for (const file of files) file.close()
    throw error
  }
  return files
}

function places(files: readonly CapturedFile[], shortPath: (path: string) => string): string {
  const [first] = files
  if (first === undefined) return ''
  const path = shortPath(first.path)
  return files.length === 1 ? path : `${path} and ${files.length - 1} more`
}
