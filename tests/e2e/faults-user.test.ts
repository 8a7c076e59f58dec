import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fixture, temporaryFolder, traceml } from './fixtures/cli/support.ts'

const script = fixture('echo.mjs')

test.each<[string, readonly string[], RegExp]>([
  ['missing script', ['run', 'nowhere.js'], /The script "nowhere\.js" does not exist/],
  ['folder as script', ['run', 'folder'], /"folder" is not a file/],
  [
    'Python that is not there',
    ['run', '--python', 'nowhere/python', 'train.py'],
    /--python is "nowhere\/python", which does not exist/,
  ],
  ['unknown flag', ['run', '--bogus', script], /Unknown option '--bogus'/],
  ['no script', ['run'], /Missing required argument 'script'/],
  ['unknown command', ['walk', script], /Unknown command 'walk'/],
  ['bad interval', ['run', '--interval', 'abc', script], /--interval is "abc"/],
  ['bad port', ['run', '--aggregator-port', '70000', script], /--aggregator-port is "70000"/],
  ['bad count', ['run', '--nproc-per-node', '0', script], /--nproc-per-node is "0"/],
  ['too many processes', ['run', '--nproc-per-node', '29500', script], /"29500".*from 1 to 1024/],
  ['not a number', ['run', '--interval', 'NaN', script], /--interval is "NaN"/],
  ['no port at all', ['serve', '--aggregator-port', ''], /--aggregator-port is ""/],
  ['script as command', ['train.js', '--epochs', '3'], /traceml run train\.js --epochs 3/],
  [
    'one summary to compare',
    ['compare', 'folder'],
    /Missing required argument 'B'.*compare --help/,
  ],
  ['bad mode', ['run', '--mode', 'loud', script], /--mode is "loud"/],
  ['run name ..', ['run', '--run-name', '..', script], /run name "\.\." cannot name a folder/],
  ['run name with slash', ['run', '--run-name', 'a/b', script], /run name "a\/b" cannot/],
  [
    'missing sampler',
    ['run', '--sampler', './x.js', script],
    /sampler module ".*x\.js" does not exist/,
  ],
  [
    'missing config',
    ['run', '--config', 'x.ts', script],
    /configuration file ".*x\.ts" does not exist/,
  ],
  ['missing summary', ['view', 'nowhere'], /nowhere does not exist/],
  ['folder without summary', ['compare', 'folder', 'folder'], /without a final_summary\.json/],
  ['no summary', ['view', 'train.py'], /not valid JSON/],
])('%s: one sentence, exit code 2, nothing created', async (_name, args, sentence) => {
  using folder = temporaryFolder()
  mkdirSync(join(folder.path, 'folder'))
  writeFileSync(join(folder.path, 'train.py'), 'print(1)\n')
  const end = await traceml(args, { cwd: folder.path })
  expect(end.stderr).toMatch(sentence)
  expect(end.stderr).toMatch(/^traceml: [^\n]+\.\n$/)
  expect(end).toMatchObject({ code: 2, stdout: '' })
  expect(readdirSync(folder.path).toSorted()).toEqual(['folder', 'train.py'])
})

test('a configuration with a mistake is refused before anything starts', async () => {
  using folder = temporaryFolder()
  writeFileSync(join(folder.path, 'traceml.config.ts'), 'export default { intervall: 1 as number }')
  const end = await traceml(['run', script], { cwd: folder.path })
  expect(end.code).toBe(2)
  expect(end.stderr).toMatch(/^traceml: .*unknown key "intervall".*\.\n$/)
  expect(readdirSync(folder.path)).toEqual(['traceml.config.ts'])
})

test('a run name that was used before gets a fresh session, the old files stay', async () => {
  using folder = temporaryFolder()
  const args = ['run', '--run-name', 'same', fixture('traced-loop.mjs'), '--steps', '10']
  const logs = join(folder.path, 'logs')
  await traceml(args, { cwd: folder.path })
  const files = ['manifest.json', 'final_summary.json', 'aggregator/telemetry']
  const before = files.map((file) => readFileSync(join(logs, 'same', file)))
  const second = await traceml(args, { cwd: folder.path })
  expect(second.code).toBe(0)
  expect(readdirSync(logs).toSorted()).toEqual(['same', 'same-2'])
  expect(files.map((file) => readFileSync(join(logs, 'same', file)))).toEqual(before)
  expect(second.stderr).toContain('logs/same-2/final_summary.json')
})

test.each([
  ['no steps at all', "console.log('hello')", /^hello\n$/],
  ['a loop that nothing marks', 'for (let i = 0; i < 1e6; i += 1) Math.sqrt(i)', /^$/],
])('a script with %s: the report says how to make steps visible', async (_name, source, stdout) => {
  using folder = temporaryFolder()
  writeFileSync(join(folder.path, 'plain.mjs'), source)
  const end = await traceml(['run', '--run-name', 'x', 'plain.mjs'], { cwd: folder.path })
  expect(end.code).toBe(0)
  expect(end.stdout).toMatch(stdout)
  const words = readFileSync(join(folder.path, 'logs', 'x', 'final_summary.txt'), 'utf8')
  expect(words.replaceAll(/[|\s]+/g, ' ')).toContain(
    'No training step was recorded. Steps of PyTorch and TensorFlow.js are found by themselves; any other loop marks its steps with traceStep',
  )
  const help = await traceml(['run', '--help'], { cwd: folder.path })
  expect(help.stdout).toContain("import { traceStep } from 'traceml'")
})

test('a watch run does not miss the steps that it was not to record', async () => {
  using folder = temporaryFolder()
  writeFileSync(join(folder.path, 'plain.mjs'), "console.log('hello')")
  const end = await traceml(['watch', '--run-name', 'x', 'plain.mjs'], { cwd: folder.path })
  expect(end.stderr).not.toContain('No training step')
  expect(end.stderr).toContain('Watched only')
})
