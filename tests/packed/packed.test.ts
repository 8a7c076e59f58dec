import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = resolve(fileURLToPath(new URL('.', import.meta.url)), '..', '..')
let work = ''
/** Package name to tarball. */
const tarballs = new Map<string, string>()

interface Result {
  readonly status: number | null
  readonly output: string
}

function run(command: string, args: readonly string[], cwd: string): Result {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(npm_|TRACEML_|VITEST|NODE_OPTIONS)/i.test(name),
    ),
  )
  const prefix = dirname(dirname(process.execPath))
  if (existsSync(join(prefix, 'include', 'node', 'node.h'))) env['npm_config_nodedir'] = prefix
  const result = spawnSync(command, [...args], { cwd, env, encoding: 'utf8' })
  return { status: result.status, output: `${result.stdout}${result.stderr}` }
}

function mustRun(command: string, args: readonly string[], cwd: string): string {
  const { status, output } = run(command, args, cwd)
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} (${status}):\n${output}`)
  return output
}

/** A project that has some of the tarballs and takes the other packages of ours from them too. */
function install(folder: string, names: readonly string[]): string {
  const project = join(work, folder)
  mkdirSync(project, { recursive: true })
  const files = Object.fromEntries([...tarballs].map(([name, path]) => [name, `file:${path}`]))
  const manifest = {
    private: true,
    type: 'module',
    dependencies: Object.fromEntries(names.map((name) => [name, files[name]])),
    overrides: Object.fromEntries(Object.entries(files).filter(([name]) => !names.includes(name))),
  }
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest))
  mustRun('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline'], project)
  return project
}

beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'traceml-packed-'))
  for (const folder of readdirSync(join(root, 'packages'))) {
    const source = join(root, 'packages', folder)
    const { name } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'))
    const target = join(work, 'tarballs', folder)
    mkdirSync(target, { recursive: true })
    mustRun('pnpm', ['pack', '--pack-destination', target], source)
    tarballs.set(name, join(target, readdirSync(target)[0]!))
  }
}, 300_000)

afterAll(() => {
  rmSync(work, { recursive: true, force: true })
})

test('every package imports, and traceml runs a script', () => {
  const project = install('all', [...tarballs.keys()])
  const entries = [...tarballs.keys()].flatMap((name) => {
    const manifest = JSON.parse(
      readFileSync(join(project, 'node_modules', name, 'package.json'), 'utf8'),
    )
    // Entries of processes and threads start their work on import.
    return Object.keys(manifest.exports)
      .filter((key) => !/\.json$|bin|main|worker|preload/.test(key))
      .map((key) => `${name}${key.slice(1)}`)
  })
  expect(entries).toContain('traceml')
  writeFileSync(
    join(project, 'import.mjs'),
    `for (const entry of ${JSON.stringify(entries)}) {
  const module = await import(entry)
  if (Object.keys(module).length === 0) throw new Error(entry + ' exports nothing')
}
console.log('imported ${entries.length}')
`,
  )
  expect(mustRun('node', ['import.mjs'], project)).toContain(`imported ${entries.length}`)

  writeFileSync(
    join(project, 'train.js'),
    `import { phase, traceStep } from 'traceml'
for (let step = 0; step < 20; step += 1) {
  await traceStep(() => phase('forward', () => new Promise((next) => setTimeout(next, 3))))
}
console.log('trained', process.argv.slice(2).join(' '))
`,
  )
  const output = mustRun(
    'npx',
    ['traceml', 'run', '--run-name', 'x', 'train.js', '--lr', '1'],
    project,
  )
  expect(output).toContain('trained --lr 1')
  const summary = JSON.parse(readFileSync(join(project, 'logs', 'x', 'final_summary.json'), 'utf8'))
  expect(summary.step_time.metadata.training_latest_step).toBe(20)
}, 300_000)

test('@traceml/diagnostics alone has no native module and bundles for a browser', () => {
  const project = install('diagnostics', ['@traceml/diagnostics'])
  const installed = readdirSync(join(project, 'node_modules'), { recursive: true }).map(String)
  expect(installed.filter((path) => /\.node$|binding\.gyp$|better-sqlite3/.test(path))).toEqual([])
  expect(
    readdirSync(join(project, 'node_modules')).filter((name) => !name.startsWith('.')),
  ).toEqual(['@traceml'])
  writeFileSync(
    join(project, 'entry.js'),
    "import * as diagnostics from '@traceml/diagnostics'\nglobalThis.diagnostics = diagnostics\n",
  )
  const esbuild = join(root, 'node_modules', '.bin', 'esbuild')
  mustRun(
    esbuild,
    ['entry.js', '--bundle', '--format=iife', '--platform=browser', '--outfile=out.js'],
    project,
  )
  writeFileSync(
    join(project, 'check.cjs'),
    `const { runInNewContext } = require('node:vm')
const scope = {}
runInNewContext(require('node:fs').readFileSync('out.js', 'utf8'), scope)
console.log(Object.keys(scope.diagnostics).length > 0 ? 'works' : 'empty')
`,
  )
  expect(mustRun('node', ['check.cjs'], project)).toContain('works')
}, 300_000)
