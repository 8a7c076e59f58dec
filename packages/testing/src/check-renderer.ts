import type { Renderer, RenderTarget } from '@traceml/contracts'

/** Terminals of all kinds: narrow and wide, with and without colours and cursor movement. */
export const RENDER_TARGETS: readonly RenderTarget[] = [20, 80, 200].flatMap((columns) =>
  [true, false].flatMap((color) =>
    [true, false].map((interactive) => ({ columns, rows: 24, color, interactive })),
  ),
)

// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal sequences start with ESC.
const COLOR_SEQUENCE = /\u001B\[[0-9;]*m/g

function reject(id: string, problem: string): never {
  throw new Error(`Renderer "${id}" ${problem}`)
}

function checkLines(id: string, output: unknown, target: RenderTarget): void {
  const where = `at ${target.columns} columns`
  if (!Array.isArray(output))
    reject(id, `returned ${typeof output} ${where}; return lines or null.`)
  for (const line of output as readonly unknown[]) {
    if (typeof line !== 'string') reject(id, `returned a line that is no text ${where}.`)
    if (/[\r\n]/.test(line)) reject(id, `returned a line with a line end ${where}.`)
    const text = line.replace(COLOR_SEQUENCE, '')
    if (!target.color && text !== line) reject(id, 'used colours on a target without colour.')
    if (text.includes('\u001B')) {
      reject(id, `moved the cursor ${where}; the region that shows the lines does that.`)
    }
    // Plain lines may be longer: whatever reads them wraps them.
    if (target.interactive && text.length > target.columns) {
      reject(id, `returned a line of ${text.length} characters ${where}.`)
    }
  }
}

/**
 * Checks that a renderer keeps the contract of `Renderer`: its declaration, and for every payload
 * and every kind of target output that fits, without line ends or cursor movement, the same twice
 * and without touching the payload.
 *
 * @param payloads - Typical ones, and those where everything that may be null is null.
 * @throws {Error} With one sentence about the first broken promise.
 */
export function checkRenderer<Payload, Output>(
  renderer: Renderer<Payload, Output>,
  payloads: readonly Payload[],
): void {
  const { id } = renderer
  if (renderer.apiVersion !== 1 || renderer.kind !== 'renderer' || id.trim() === '') {
    reject(id, 'must declare apiVersion 1, kind "renderer" and an id.')
  }
  if (payloads.length === 0) reject(id, 'was checked without a payload; give at least one.')
  for (const payload of payloads) {
    const before = JSON.stringify(payload)
    for (const target of RENDER_TARGETS) {
      const output = renderer.render(payload, target)
      if (output !== null && renderer.surface === 'terminal') checkLines(id, output, target)
      if (JSON.stringify(renderer.render(payload, target)) !== JSON.stringify(output)) {
        reject(id, 'drew the same payload differently the second time; it must keep no state.')
      }
    }
    if (JSON.stringify(payload) !== before) reject(id, 'modified the payload.')
  }
}
