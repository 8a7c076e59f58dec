import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const examples = fileURLToPath(new URL('../../examples', import.meta.url))

const tested = readdirSync(examples).filter((folder) => {
  const manifest = `${examples}/${folder}/package.json`
  return existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).scripts?.test
})

test('every plug-in example has tests', () => {
  expect(tested).toEqual(
    expect.arrayContaining(['custom-rule', 'custom-sampler', 'custom-section', 'embed-step-time']),
  )
})

test.each(tested)('example %s passes its own tests', async (folder) => {
  const { code, output } = await new Promise<{ code: number; output: string }>((resolve) => {
    const options = { cwd: `${examples}/${folder}`, env: { ...process.env, NODE_OPTIONS: '' } }
    execFile('npm', ['test', '--silent'], options, (error, stdout, stderr) => {
      const exit = error && typeof error.code === 'number' ? error.code : error ? 1 : 0
      resolve({ code: exit, output: `${stdout}${stderr}` })
    })
  })
  expect(code, output).toBe(0)
})
