import { join } from 'node:path'
import { errorMessage, type LivePayload } from '@traceml/contracts'
import type { TerminalRestore } from '@traceml/display-terminal'
import { oneLine } from '../output/failure.js'
import { shortPath } from '../output/next-command.js'
import { loadPanels } from '../panels/load-panels.js'
import { type CapturedOutput, captureOutput } from './output/captured-output.js'

/** What the full-screen view needs to know of a run. */
export interface FullViewRun {
  readonly sessionPath: string
  readonly cwd: string
  /** Global ranks of the processes of this node by position; null for one that has several. */
  readonly ranks: readonly (number | null)[]
  readonly panelModules: readonly string[]
}

/** What the view tells. */
export interface FullViewListener {
  readonly onTake: (restore: TerminalRestore) => void
  readonly onWarning: (message: string) => void
  /** The view is gone although the run goes on; what is printed goes to the terminal again. */
  readonly onLeave: () => void
}

/** The full-screen view of a run, and what it keeps off the terminal. */
export interface FullView {
  readonly output: CapturedOutput
  update(payload: LivePayload): void
  notify(message: string): void
  isOpen(): boolean
  /** Ends the view; the output of the training goes to the terminal from now on. */
  leave(): void
  /** The training has ended: ends the view, prints what the terminal has not seen. */
  finish(): void
}

/**
 * Opens the full-screen view, or returns null where that is not possible: the keys of the terminal
 * cannot be read, or the output cannot be kept. Never rejects.
 */
export async function openFullView(
  run: FullViewRun,
  listener: FullViewListener,
): Promise<FullView | null> {
  try {
    const [display, { panels, problems }] = await Promise.all([
      import('@traceml/display-terminal'),
      loadPanels(run.panelModules),
    ])
    const output = captureOutput({
      targets: run.ranks.map((rank) => ({ rank, path: outputPath(run.sessionPath, rank) })),
      captures: { stdout: process.stdout.isTTY === true, stderr: true },
      createLines: (onChange, maxLines) => display.createOutputLines({ onChange, maxLines }),
      write: writeToTerminal,
      shortPath: (path) => shortPath(path, run.cwd),
    })
    let isOpen = true
    const leave = (): void => {
      if (!isOpen) return
      isOpen = false
      screen?.stop()
      output.passOn()
      for (const [id, error] of screen?.panelErrors() ?? []) {
        listener.onWarning(`The panel "${id}" failed: ${oneLine(error).replace(/\.$/, '')}.`)
      }
      listener.onLeave()
    }
    const screen = display.createLiveScreen(process.stderr, {
      output,
      panels,
      onTake: listener.onTake,
      onEnd: (error) => {
        leave()
        if (error === null) return
        listener.onWarning(
          `The live view failed and is switched off, the run goes on: ${oneLine(errorMessage(error)).replace(/\.$/, '')}.`,
        )
      },
    })
    if (screen === null) {
      output.finish()
      return null
    }
    for (const problem of problems) screen.notify(problem)
    return {
      output,
      update: (payload) => screen.update(payload),
      notify: (message) => screen.notify(message),
      isOpen: () => isOpen,
      leave,
      finish() {
        const wasOpen = isOpen
        isOpen = false
        screen.stop()
        output.finish()
        if (!wasOpen) return
        for (const problem of problems) listener.onWarning(problem)
        for (const [id, error] of screen.panelErrors()) {
          listener.onWarning(`The panel "${id}" failed: ${oneLine(error).replace(/\.$/, '')}.`)
        }
      },
    }
  } catch (error) {
    listener.onWarning(`There is no full-screen view: ${oneLine(errorMessage(error))}.`)
    return null
  }
}

function outputPath(sessionPath: string, rank: number | null): string {
  return rank === null
    ? join(sessionPath, 'output.log')
    : join(sessionPath, `rank_${rank}`, 'output.log')
}

function writeToTerminal(bytes: Uint8Array | string): void {
  const stream = process.stdout.isTTY === true ? process.stdout : process.stderr
  try {
    // A copy: the reader uses its buffer again.
    stream.write(typeof bytes === 'string' ? bytes : Buffer.from(bytes))
  } catch {
    // Nobody looks any more.
  }
}
