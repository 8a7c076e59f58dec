// Makes a fresh clone ready: the pinned pnpm, the dependencies, and with --build the packages.
// Plain Node, no dependencies; needs only Node >= 20.19 and npm.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const toolsBin = join(root, '.tools', 'node_modules', '.bin')

/** The environment in which pnpm, turbo and node-gyp find what they need. */
export function toolEnvironment() {
  const env = { ...process.env }
  // `npm run` hands its own configuration down as npm_config_*; pnpm would take it for its own.
  for (const key of Object.keys(env))
    if (/^npm_(config|lifecycle|package)_/i.test(key)) delete env[key]
  env.PATH = [toolsBin, join(root, 'node_modules', '.bin'), env.PATH].join(delimiter)
  // A native module that is compiled here finds Node's headers beside Node, without a download.
  const prefix = dirname(dirname(process.execPath))
  if (existsSync(join(prefix, 'include', 'node', 'node.h'))) env.npm_config_nodedir = prefix
  env.TURBO_TELEMETRY_DISABLED = '1'
  env.DO_NOT_TRACK = '1'
  return env
}

/** Runs a command, shows its output only when it fails (or always with `show`). */
export function run(command, args, { show = false, cwd = root } = {}) {
  const result = spawnSync(command, args, {
    cwd,
    env: toolEnvironment(),
    stdio: show ? 'inherit' : 'pipe',
    encoding: 'utf8',
    shell: process.platform === 'win32',
    maxBuffer: 256 * 1024 * 1024,
  })
  if (result.status === 0) return
  if (!show) process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}`)
  const reason = result.error ? result.error.message : `exit code ${result.status}`
  throw new Error(`${command} ${args.join(' ')} failed: ${reason}`)
}

function step(label, work) {
  const started = Date.now()
  process.stderr.write(`${label} …`)
  work()
  process.stderr.write(` done (${((Date.now() - started) / 1000).toFixed(1)} s)\n`)
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new Error(`Node ${process.versions.node} is too old; install Node 20.19 or newer.`)
  }
}

function setUp({ build }) {
  checkNode()
  const pinned = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).packageManager
  const pnpmVersion = pinned.split('@')[1]
  const pnpmManifest = join(root, '.tools', 'node_modules', 'pnpm', 'package.json')
  const havePnpm =
    existsSync(pnpmManifest) &&
    JSON.parse(readFileSync(pnpmManifest, 'utf8')).version === pnpmVersion
  if (!havePnpm) {
    step(`Getting pnpm ${pnpmVersion}`, () => {
      mkdirSync(join(root, '.tools'), { recursive: true })
      writeFileSync(join(root, '.tools', 'package.json'), '{"private":true}\n')
      run('npm', [
        'install',
        '--prefix',
        join(root, '.tools'),
        '--no-save',
        '--no-audit',
        '--no-fund',
        pinned,
      ])
    })
  }
  const lock = readFileSync(join(root, 'pnpm-lock.yaml'))
  const fingerprint = createHash('sha256').update(lock).update(process.version).digest('hex')
  const stamp = join(root, 'node_modules', '.traceml-setup')
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== fingerprint) {
    step(
      'Installing dependencies (compiles SQLite if no prebuilt binary can be fetched: a minute)',
      () => {
        run('pnpm', ['install', '--frozen-lockfile'])
        writeFileSync(stamp, fingerprint)
      },
    )
  }
  if (build)
    step('Building the packages', () => run('turbo', ['run', 'build', '--output-logs=errors-only']))
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const build = process.argv.includes('--build')
  // Takes as long as all the rest; whatever becomes of it is said by the tests that need it.
  const python =
    build && process.env.CI === 'true'
      ? spawn(process.execPath, [join(root, 'scripts', 'python-venvs.mjs')], { stdio: 'inherit' })
      : null
  const made = python && new Promise((done) => python.once('close', done).once('error', done))
  try {
    setUp({ build })
    await made
  } catch (error) {
    process.stderr.write(`\n${error.message}\n`)
    process.exit(1)
  }
}
