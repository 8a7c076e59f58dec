// Runs the interop vectors of a folder: `node scripts/vectors.mjs [DIR or FILE]`, by default those of
// the repository. A file is recognised by how its name begins, a folder of recorded histories by the
// case.json of each. Exit codes: 0 all passed, 1 a case failed, 2 nothing could be run. Plain Node; the runners are TypeScript, which a child process loads through tsx.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const DEFAULT_FOLDERS = ['diagnostics', 'reporting'].map((area) =>
  join(root, 'tests', area, 'vectors'),
)
const MAX_FAILURES = 10
const MAX_PATHS = 4

const diagnostics = (file) => join(root, 'tests', 'diagnostics', 'vector-runners', file)

const reporting = (file) => join(root, 'tests', 'reporting', 'vector-runners', file)

/** How a file name begins, the module of its runner and the runner's name. */
const RUNNERS = [
  ['step_time_events', diagnostics('step-time.ts'), 'runStepTimeEventVectors'],
  ['step_time_trend', diagnostics('step-time.ts'), 'runStepTimeTrendVectors'],
  ['step_time_live', diagnostics('step-time.ts'), 'runStepTimeLiveVectors'],
  ['step_time_repository', diagnostics('step-time.ts'), 'runStepTimeWindowVectors'],
  ['step_time', diagnostics('step-time.ts'), 'runStepTimeVectors'],
  ['step_memory', diagnostics('step-memory.ts'), 'runStepMemoryVectors'],
  ['trends', diagnostics('trends.ts'), 'runTrendVectors'],
  ['system', diagnostics('system.ts'), 'runSystemVectors'],
  ['process', diagnostics('process.ts'), 'runProcessVectors'],
  ['primary_diagnosis', diagnostics('primary.ts'), 'runPrimaryVectors'],
  ['compact_summary', reporting('summary.ts'), 'runCompactVectors'],
  ['compare', reporting('compare.ts'), 'runCompareVectors'],
].toSorted(([a], [b]) => b.length - a.length)

/** A mistake of the caller: shown as one sentence, exit code 2. */
class UsageError extends Error {}

/** The runner of folders whose folders hold a history each. */
const HISTORIES = ['summary', reporting('summary.ts'), 'runSummaryVectors']

function holdsHistories(path) {
  const cases = readdirSync(path)
  return cases.length > 0 && cases.every((name) => existsSync(join(path, name, 'case.json')))
}

function runnerOf(file) {
  if (statSync(file).isDirectory()) return holdsHistories(file) ? HISTORIES : undefined
  if (!file.endsWith('.json')) return undefined
  return RUNNERS.find(([prefix]) => basename(file).startsWith(prefix))
}

/** The folders or the file that the caller means; a package manager may have changed the directory. */
function locate(argument) {
  if (argument === undefined) return DEFAULT_FOLDERS
  const bases = [process.cwd(), process.env.INIT_CWD].filter(Boolean)
  const found = bases
    .map((base) => resolve(base, argument))
    .find((path) => statSync(path, { throwIfNoEntry: false }))
  if (found === undefined) {
    throw new UsageError(
      `There is no folder ${resolve(argument)}; name one that holds vector files.`,
    )
  }
  return [found]
}

function listFiles(path) {
  if (statSync(path).isFile() || holdsHistories(path)) return [path]
  return readdirSync(path)
    .toSorted()
    .map((name) => join(path, name))
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new UsageError(`${file} is not JSON: ${error.message}.`)
  }
}

async function runFile(file, [prefix, module, name]) {
  const input = statSync(file).isDirectory() ? file : readJson(file)
  const { [name]: run } = await import(pathToFileURL(module).href)
  try {
    return await run(input)
  } catch (error) {
    throw new UsageError(`${file} does not have the shape of ${prefix} vectors: ${error.message}.`)
  }
}

/** The places where two values differ, as `path: expected …, got …`. */
function differences(expected, got, isEqual, path = '') {
  if (isEqual(expected, got)) return []
  const isPair = [expected, got].every((value) => typeof value === 'object' && value !== null)
  if (!isPair || Array.isArray(expected) !== Array.isArray(got)) {
    return [`${path || 'value'}: expected ${show(expected)}, got ${show(got)}`]
  }
  const keys = [...new Set([...Object.keys(expected), ...Object.keys(got)])]
  return keys.flatMap((key) =>
    differences(expected[key], got[key], isEqual, path ? `${path}.${key}` : key),
  )
}

function show(value) {
  const text = value === undefined ? 'nothing' : JSON.stringify(value)
  return text.length > 200 ? `${text.slice(0, 199)}…` : text
}

async function runAll(argument) {
  const { compareDeep } = await import(pathToFileURL(diagnostics('outcome.ts')).href)
  const files = locate(argument).flatMap(listFiles)
  const skipped = []
  const failures = []
  let passed = 0
  let ran = 0
  for (const file of files) {
    const runner = runnerOf(file)
    if (runner === undefined) {
      skipped.push(basename(file))
      continue
    }
    const outcomes = await runFile(file, runner)
    const failed = outcomes.filter((outcome) => !outcome.ok)
    const good = outcomes.length - failed.length
    process.stdout.write(`${basename(file)}: ${good} passed, ${failed.length} failed\n`)
    failures.push(...failed.map((outcome) => ({ file: basename(file), ...outcome })))
    passed += good
    ran += 1
  }
  if (skipped.length > 0) process.stdout.write(`skipped: ${skipped.join(', ')}\n`)
  for (const { file, name, expected, got } of failures.slice(0, MAX_FAILURES)) {
    process.stdout.write(`\nFAILED ${file} › ${name}\n`)
    const paths = differences(expected, got, compareDeep)
    for (const line of paths.slice(0, MAX_PATHS)) process.stdout.write(`  ${line}\n`)
    if (paths.length > MAX_PATHS) process.stdout.write(`  … ${paths.length - MAX_PATHS} more\n`)
  }
  const hidden = failures.length - MAX_FAILURES
  if (hidden > 0) process.stdout.write(`\n… ${hidden} more failed cases\n`)
  process.stdout.write(`${passed} passed, ${failures.length} failed\n`)
  if (ran === 0) throw new UsageError('No vector file was found; check the folder and the names.')
  return failures.length === 0 ? 0 : 1
}

/** Starts this file again with a loader for TypeScript and the sources of the workspace. */
function startRunner(argument) {
  const loader = import.meta.resolve('tsx')
  const paths = argument === undefined ? [] : locate(argument)
  const result = spawnSync(
    process.execPath,
    ['--conditions=@traceml/source', '--import', loader, fileURLToPath(import.meta.url), ...paths],
    { stdio: 'inherit', env: { ...process.env, TRACEML_VECTORS_CHILD: '1' } },
  )
  if (result.error) throw new UsageError(`Node could not be started: ${result.error.message}.`)
  return result.status ?? 2
}

const [argument] = process.argv.slice(2).filter((value) => value !== '--')
try {
  process.exitCode =
    process.env.TRACEML_VECTORS_CHILD === '1' ? await runAll(argument) : startRunner(argument)
} catch (error) {
  process.stderr.write(`${error instanceof UsageError ? error.message : (error.stack ?? error)}\n`)
  process.exitCode = 2
}
