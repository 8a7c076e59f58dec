import { expect, test } from 'vitest'
import { addressLines, type DashboardPlace } from './address-lines.js'

const PLACE: DashboardPlace = {
  host: '127.0.0.1',
  port: 8765,
  basePath: '',
  token: null,
  machine: 'gpu-1',
  user: 'ada',
}

test.each<[string, Partial<DashboardPlace>, readonly string[]]>([
  [
    'this machine',
    {},
    [
      'Dashboard: http://127.0.0.1:8765/',
      'From another machine: ssh -L 8765:127.0.0.1:8765 ada@gpu-1',
    ],
  ],
  [
    'without a name for the user, below a path',
    { user: null, basePath: '/traceml' },
    [
      'Dashboard: http://127.0.0.1:8765/traceml/',
      'From another machine: ssh -L 8765:127.0.0.1:8765 gpu-1',
    ],
  ],
  [
    'IPv6',
    { host: '::1' },
    ['Dashboard: http://[::1]:8765/', 'From another machine: ssh -L 8765:[::1]:8765 ada@gpu-1'],
  ],
  ['everywhere', { host: '0.0.0.0', token: 'a b' }, ['Dashboard: http://gpu-1:8765/?token=a%20b']],
  ['one address', { host: '10.0.0.5', token: 'x' }, ['Dashboard: http://10.0.0.5:8765/?token=x']],
])('%s', (_name, change, lines) => {
  expect(addressLines({ ...PLACE, ...change })).toEqual(lines)
})
