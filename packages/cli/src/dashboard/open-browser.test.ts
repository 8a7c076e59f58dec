import { expect, test } from 'vitest'
import { browserCommand } from './open-browser.js'

test.each([
  ['darwin', {}, ['open']],
  ['win32', {}, ['explorer.exe']],
  ['linux', { DISPLAY: ':0' }, ['xdg-open']],
  ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, ['xdg-open']],
  ['linux', {}, null],
  ['darwin', { SSH_CONNECTION: '10.0.0.1 5 10.0.0.2 22' }, null],
  ['linux', { DISPLAY: ':0', CI: 'true' }, null],
] as const)('on %s with %j: %j', (platform, environment, expected) => {
  expect(browserCommand(platform, environment)).toEqual(expected)
})
