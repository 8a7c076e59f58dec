import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { skipWithout, torchPython } from './python-support/environments.ts'

// Whole Python programs that know nothing of the client: its own tests of how they end. Each starts
// many processes that import PyTorch.
const folder = fileURLToPath(new URL('../../packages/pytorch/python', import.meta.url))

skipWithout(torchPython)

test('programs are recorded, and end as they would without the client', () => {
  const { stderr, status } = spawnSync(
    torchPython,
    ['-m', 'unittest', 'discover', '-s', 'process_tests', '-t', '.'],
    {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, PYTHONPATH: join(folder, 'lib'), PYTHONDONTWRITEBYTECODE: '1' },
    },
  )
  expect(status, stderr).toBe(0)
  expect(stderr).toMatch(/Ran [1-9]\d* tests/)
}, 900_000)
