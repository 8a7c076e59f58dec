import { expect, test } from 'vitest'
import { resolveDashboard } from './dashboard-settings.js'

const DEFAULT = { host: '127.0.0.1', port: 8765, autoOpen: true }

test.each<[string, Parameters<typeof resolveDashboard>, ReturnType<typeof resolveDashboard>]>([
  ['nothing said', [{}, {}], DEFAULT],
  [
    'the configuration file',
    [{}, {}, { dashboardHost: '0.0.0.0', dashboardPort: 9000, dashboardAutoOpen: false }],
    { host: '0.0.0.0', port: 9000, autoOpen: false },
  ],
  [
    'the environment wins over the file',
    [
      {},
      { TRACEML_DASHBOARD_PORT: '9001', TRACEML_DASHBOARD_AUTO_OPEN: 'yes' },
      { dashboardPort: 9000, dashboardAutoOpen: false },
    ],
    { ...DEFAULT, port: 9001 },
  ],
  [
    'flags win over everything',
    [
      { dashboardPort: '0', dashboardHost: '::1', dashboardAutoOpen: false },
      { TRACEML_DASHBOARD_PORT: '9001', TRACEML_DASHBOARD_AUTO_OPEN: '1' },
    ],
    { host: '::1', port: 0, autoOpen: false },
  ],
])('%s', (_name, given, expected) => {
  expect(resolveDashboard(...given)).toEqual(expected)
})

test('a port that is none is refused by its name', () => {
  expect(() => resolveDashboard({ dashboardPort: '70000' }, {})).toThrow(/--dashboard-port.*70000/)
})
