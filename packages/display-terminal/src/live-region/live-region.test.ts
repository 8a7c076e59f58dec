import { expect, test } from 'vitest'
import { createLiveRegion } from './live-region.js'

/** A terminal that knows the sequences of the region and of plain text. */
class Screen {
  readonly isTTY = true
  rows: number
  readonly columns = 80
  readonly scrollback: string[] = []
  cells: string[]
  private row = 0
  private column = 0
  private saved = { row: 0, column: 0 }
  private bottom: number
  private listener: (() => void) | null = null

  constructor(rows: number) {
    this.rows = rows
    this.bottom = rows
    this.cells = Array.from({ length: rows }, () => '')
  }

  on(_event: 'resize', listener: () => void): void {
    this.listener = listener
  }

  off(): void {
    this.listener = null
  }

  get hasListener(): boolean {
    return this.listener !== null
  }

  resize(rows: number): void {
    while (this.cells.length < rows) this.cells.push('')
    this.rows = rows
    this.bottom = rows
    this.listener?.()
  }

  private down(): void {
    if (this.row + 1 === this.bottom) {
      this.scrollback.push(this.cells.shift() ?? '')
      this.cells.splice(this.bottom - 1, 0, '')
    } else if (this.row + 1 < this.rows) {
      this.row += 1
    }
  }

  write(text: string): void {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: terminal sequences start with ESC.
    for (const token of text.match(/\u001B[78D]|\u001B\[[0-9;]*[A-Za-z]|[\s\S]/gu) ?? []) {
      this.apply(token)
    }
  }

  private apply(token: string): void {
    const numbers = (token.match(/\d+/g) ?? []).map(Number)
    if (token === '\u001B7') this.saved = { row: this.row, column: this.column }
    else if (token === '\u001B8') ({ row: this.row, column: this.column } = this.saved)
    else if (token === '\u001BD') this.down()
    else if (token === '\u001B[2K') this.cells[this.row] = ''
    else if (token.startsWith('\u001B[') && token.endsWith('A')) this.row -= numbers[0]!
    else if (token.startsWith('\u001B[') && token.endsWith('H')) {
      this.row = numbers[0]! - 1
      this.column = numbers[1]! - 1
    } else if (token.startsWith('\u001B[') && token.endsWith('r')) {
      this.bottom = numbers[1] ?? this.rows
      this.row = 0
      this.column = 0
    } else if (token === '\n') {
      this.column = 0
      this.down()
    } else {
      const line = this.cells[this.row]!.padEnd(this.column)
      this.cells[this.row] = line.slice(0, this.column) + token + line.slice(this.column + 1)
      this.column += 1
    }
  }
}

function visible(screen: Screen): string[] {
  return screen.cells.map((line) => line.trimEnd())
}

function everything(screen: Screen): string[] {
  return [...screen.scrollback, ...screen.cells].map((line) => line.trimEnd()).filter(Boolean)
}

test('what others print scrolls above the pinned lines and none of it is lost', () => {
  const screen = new Screen(8)
  screen.write('$ traceml run\n')
  const region = createLiveRegion(screen, { minIntervalMs: 0, environment: {} })
  const printed: string[] = []
  for (let epoch = 1; epoch <= 12; epoch += 1) {
    region.update([`live ${epoch}`, '====='])
    screen.write(`epoch ${epoch}\n`)
    printed.push(`epoch ${epoch}`)
  }
  expect(visible(screen)).toEqual([
    'epoch 8',
    'epoch 9',
    'epoch 10',
    'epoch 11',
    'epoch 12',
    '',
    'live 12',
    '=====',
  ])
  region.update(['live 13', '=====', '! 3 records lost'])
  expect(visible(screen).slice(-3)).toEqual(['live 13', '=====', '! 3 records lost'])
  region.stop()
  expect(everything(screen)).toEqual(['$ traceml run', ...printed])
  screen.write('report')
  expect(everything(screen).at(-1)).toBe('report')
})

test('a line that is not finished yet goes on where it was', () => {
  const screen = new Screen(8)
  const region = createLiveRegion(screen, { minIntervalMs: 0, environment: {} })
  screen.write('progress 1')
  region.update(['live'])
  screen.write('/5')
  region.update(['live again'])
  region.stop()
  expect(everything(screen)).toEqual(['progress 1/5'])
})

test('a resized terminal gets its rows at the new bottom', () => {
  const screen = new Screen(8)
  const region = createLiveRegion(screen, { minIntervalMs: 0, environment: {} })
  region.update(['live'])
  expect(visible(screen)[7]).toBe('live')
  screen.resize(12)
  region.update(['live'])
  expect(visible(screen).filter((line) => line === 'live')).toHaveLength(1)
  expect(visible(screen)[11]).toBe('live')
  region.stop()
  expect(everything(screen)).toEqual([])
  expect(screen.hasListener).toBe(false)
})

test('updates that come too soon are dropped', () => {
  const screen = new Screen(8)
  let now = 0
  const region = createLiveRegion(screen, { minIntervalMs: 100, nowMs: () => now, environment: {} })
  region.update(['one'])
  now = 50
  region.update(['two'])
  expect(visible(screen)[7]).toBe('one')
  now = 100
  region.update(['three'])
  expect(visible(screen)[7]).toBe('three')
  region.stop()
})

test('a screen too small for both is left to the training', () => {
  const screen = new Screen(5)
  const region = createLiveRegion(screen, { minIntervalMs: 0, environment: {} })
  region.update(['a', 'b'])
  region.stop()
  expect(everything(screen)).toEqual([])
})

test('whoever outlives the process can give the screen back', () => {
  const screen = new Screen(8)
  const restores: string[] = []
  const region = createLiveRegion(screen, {
    minIntervalMs: 0,
    environment: {},
    onTake: (restore) => restores.push(restore),
  })
  screen.write('epoch 1\n')
  region.update(['one'])
  region.update(['one', 'two'])
  const [first, between, second] = restores
  expect(restores).toHaveLength(3)
  expect(first).not.toBe(second)
  expect(between).toBe('')
  screen.write(second!)
  screen.write('$ ls\n'.repeat(10))
  expect(everything(screen)).toEqual(['epoch 1', ...Array.from({ length: 10 }, () => '$ ls')])
  region.stop()
  expect(restores.at(-1)).toBe('')
})

test('in the background the screen is given back and left alone', () => {
  const screen = new Screen(8)
  let foreground = true
  const region = createLiveRegion(screen, {
    minIntervalMs: 0,
    environment: {},
    isForeground: () => foreground,
  })
  region.update(['live'])
  expect(visible(screen)[7]).toBe('live')
  foreground = false
  region.update(['live'])
  expect(everything(screen)).toEqual([])
  foreground = true
  region.update(['live'])
  expect(visible(screen)[7]).toBe('live')
  region.stop()
})

test('the time between plain lines can grow with the age of the region', () => {
  const written: string[] = []
  let now = 0
  const region = createLiveRegion(
    { write: (part: string) => written.push(part) },
    { nowMs: () => now, environment: {}, plainIntervalMs: (age) => Math.max(1000, age / 2) },
  )
  for (now = 0; now <= 16_000; now += 1000) region.update([String(now)])
  region.stop()
  expect(written.join('').trim().split('\n')).toEqual([
    '0',
    '1000',
    '2000',
    '4000',
    '8000',
    '16000',
  ])
})

test('without a terminal a plain line appears at most every ten seconds', () => {
  const written: string[] = []
  let now = 0
  const stream = { write: (part: string) => written.push(part) }
  const region = createLiveRegion(stream, { nowMs: () => now, environment: {} })
  expect(region.target()).toMatchObject({ interactive: false, color: false })
  for (const at of [0, 2000, 9999, 10_000, 12_000]) {
    now = at
    region.update([`at ${at}`])
  }
  region.stop()
  region.stop()
  now = 60_000
  region.update(['after the end'])
  expect(written.join('')).toBe('at 0\nat 10000\n')
})

test('the process keeps no listener of a stopped region', () => {
  const count = (): readonly number[] =>
    ['exit', 'SIGTSTP', 'SIGCONT'].map((event) => process.listenerCount(event))
  const before = count()
  const region = createLiveRegion(new Screen(8), { environment: {} })
  expect(count()).toEqual(before.map((listeners) => listeners + 1))
  region.stop()
  expect(count()).toEqual(before)
})
