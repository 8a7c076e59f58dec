import { activeRuntime, getInitConfig, init, startLocalRuntime, summary } from '@traceml/runtime'
import { expect, test } from 'vitest'

const misuse = expect.objectContaining({ code: 'TRACEML_SDK_MISUSE' })

test.each([
  [{}, 'auto', [true, true, true, true]],
  [{ mode: 'manual' }, 'manual', [false, false, false, false]],
  [{ mode: 'selective', patchForward: true }, 'selective', [false, true, false, false]],
  [
    { mode: ' Custom ', patchH2D: true, patchForward: false },
    'selective',
    [false, false, false, true],
  ],
] as const)('%j', (options, mode, hooks) => {
  using _runtime = startLocalRuntime()
  const config = init(options as never)
  expect(config.mode).toBe(mode)
  const { patchDataLoader, patchForward, patchBackward, patchH2D } = config
  expect([patchDataLoader, patchForward, patchBackward, patchH2D]).toEqual(hooks)
  expect(config).toMatchObject({ source: 'user', disabled: false })
  expect(init(options as never)).toBe(config)
  expect(getInitConfig()).toBe(config)
})

test.each([
  { mode: 'auto', patchForward: true },
  { patchForward: false },
  { mode: 'manual', patchH2D: false },
  { mode: 'selective' },
  { mode: 'selective', patchForward: false },
  { mode: '' },
  { mode: 'magic' },
  { mode: 3 },
])('misuse: %j', (options) => {
  using _runtime = startLocalRuntime()
  expect(() => init(options as never)).toThrow(misuse)
  expect(getInitConfig()).toBeNull()
})

test('another configuration is refused, and both are named', () => {
  using _runtime = startLocalRuntime()
  init({ mode: 'manual' })
  expect(() => init()).toThrow(misuse)
  expect(() => init()).toThrow(/"auto".*"manual"/)
  expect(() => init({ disabled: true })).toThrow(misuse)
})

test('disabled starts nothing, and asks no more of its other options', async () => {
  const before = process.env['TRACEML_DISABLED']
  process.env['TRACEML_DISABLED'] = '1'
  try {
    const config = init({ mode: 'magic' as never })
    expect(config).toMatchObject({ mode: 'manual', disabled: true })
    expect(activeRuntime()).toBeNull()
    expect(init()).toBe(config)
    expect(await summary()).toBeNull()
  } finally {
    if (before === undefined) delete process.env['TRACEML_DISABLED']
    else process.env['TRACEML_DISABLED'] = before
    startLocalRuntime()[Symbol.dispose]()
  }
})
