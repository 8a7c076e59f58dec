// Makes the Python environments of the tests beside the repository's other tools: PyTorch with the
// newest traceml-ai client, the same PyTorch with an old one, and PyTorch with the frameworks and
// trackers that people train with. Quick when they are there.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { root } from './setup.mjs'

const NEWEST = { folder: '.venv-test', packages: ['torch==2.13.0', 'traceml-ai'] }
// PyTorch is large: the old client finds that of the newest one, behind its own packages.
const OLD = {
  folder: '.venv-test-036',
  packages: ['traceml-ai==0.3.6'],
  shares: NEWEST.folder,
}

/** Nothing of these is fetched from a hub: the tests make their models from configurations. */
const FRAMEWORKS = {
  folder: '.venv-test-frameworks',
  packages: [
    'torch==2.13.0',
    'transformers==5.24.0',
    'lightning==2.6.6',
    'accelerate==1.15.0',
    'wandb==0.31.0',
    'mlflow-skinny==3.17.2',
  ],
}

const windows = process.platform === 'win32'
const pythonIn = (folder) =>
  join(root, folder, ...(windows ? ['Scripts', 'python.exe'] : ['bin', 'python']))

/** Whether somebody has made them before, of whatever versions. */
export function havePythonEnvironments() {
  return [NEWEST, OLD, FRAMEWORKS].every(({ folder }) =>
    existsSync(join(root, folder, 'traceml-stamp')),
  )
}

/** Makes what is missing. Returns a sentence that says why that was not possible, or null. */
export async function makePythonEnvironments() {
  const base = findPython()
  if (base === null) return 'there is no Python >= 3.10 with venv and pip on PATH'
  // At the same time: most of it is waiting for the network and the disk.
  const newest = make(NEWEST, base)
  const problems = await Promise.all([newest, make(OLD, base, newest), make(FRAMEWORKS, base)])
  return problems.find((problem) => problem !== null) ?? null
}

async function make({ folder, packages, shares }, base, sharing) {
  const path = join(root, folder)
  const stamp = join(path, 'traceml-stamp')
  const fingerprint = [base.version, ...packages].join('\n')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint) return null
  const started = Date.now()
  rmSync(path, { recursive: true, force: true })
  const python = pythonIn(folder)
  const failed =
    (await call(base.program, ['-m', 'venv', path])) ?? (await install(python, packages))
  if (failed) {
    rmSync(path, { recursive: true, force: true })
    return `${folder} could not be made: ${failed}`
  }
  if (shares !== undefined) {
    const problem = await sharing
    if (problem !== null) return problem
    const shared = sitePackages(pythonIn(shares))
    writeFileSync(join(sitePackages(python), 'shared.pth'), `${shared}\n`)
  }
  writeFileSync(stamp, fingerprint)
  const seconds = ((Date.now() - started) / 1000).toFixed(1)
  process.stderr.write(`Made ${folder} (${packages.join(', ')}) in ${seconds} s\n`)
  return null
}

function install(python, packages) {
  // Python compiles what the tests import when they do; all of PyTorch would take half a minute.
  const quiet = ['--quiet', '--no-compile', '--disable-pip-version-check', '--no-input']
  return call(python, ['-m', 'pip', 'install', ...quiet, ...packages])
}

function findPython() {
  const probe = 'import ensurepip, sys, venv; print("%d.%d.%d" % sys.version_info[:3])'
  for (const program of windows ? ['python', 'py'] : ['python3', 'python']) {
    const { status, stdout } = spawnSync(program, ['-c', probe], { encoding: 'utf8' })
    const version = (stdout ?? '').trim()
    const [major = 0, minor = 0] = version.split('.').map(Number)
    if (status === 0 && (major > 3 || (major === 3 && minor >= 10))) return { program, version }
  }
  return null
}

function sitePackages(python) {
  const code = 'import sysconfig; print(sysconfig.get_paths()["purelib"])'
  return spawnSync(python, ['-c', code], { encoding: 'utf8' }).stdout.trim()
}

/** The last line of what a failed command said; null when it did not fail. */
function call(program, args) {
  return new Promise((resolve) => {
    let said = ''
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        said += text
      })
    }
    child.once('error', (error) => resolve(error.message))
    child.once('close', (code) => resolve(code === 0 ? null : said.trim().split('\n').at(-1)))
  })
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const problem = await makePythonEnvironments()
  if (problem !== null) {
    process.stderr.write(`The Python environments of the tests are not there: ${problem}.\n`)
    process.exit(1)
  }
}
