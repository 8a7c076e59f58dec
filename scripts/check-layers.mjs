// A package may depend only on packages of a lower layer; this table is the architecture.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './setup.mjs'

const LAYERS = {
  contracts: 0,
  codec: 1,
  analysis: 1,
  testing: 1,
  pytorch: 1,
  'gpu-nvidia': 1,
  'gpu-amd': 1,
  transport: 2,
  samplers: 2,
  storage: 2,
  diagnostics: 2,
  runtime: 3,
  reporting: 3,
  compare: 3,
  aggregator: 3,
  live: 3,
  'exporter-otel': 3,
  'exporter-timeline': 3,
  'exporter-prometheus': 3,
  tfjs: 4,
  javascript: 4,
  'display-terminal': 4,
  'display-web': 4,
  cli: 5,
  traceml: 6,
}
/** May be used in a browser: no `node:` import, no timers, no clock, no console. */
const PURE = [
  'contracts',
  'codec',
  'analysis',
  'testing',
  'diagnostics',
  'compare',
  'reporting',
  'live',
  'exporter-timeline',
  'javascript',
]
const PURE_EXCEPT = { reporting: [/^node\.ts$/, /^node\//] }
const IMPURE =
  /\bfrom 'node:|\bimport\('node:|\bDate\.now\(|\bnew Date\(\)|\bsetTimeout\(|\bsetInterval\(|\bconsole\.|\bprocess\./
const IMPORT = /(?:from|import\()\s*'(@traceml\/[a-z-]+|traceml)(\/[^']*)?'/g

const problems = []
const folders = readdirSync(join(root, 'packages'))
for (const folder of folders) {
  const manifest = JSON.parse(readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8'))
  const name = folder === 'traceml' ? 'traceml' : `@traceml/${folder}`
  if (manifest.name !== name)
    problems.push(`packages/${folder} is named ${manifest.name}, not ${name}`)
  const layer = LAYERS[folder]
  if (layer === undefined) {
    problems.push(`packages/${folder} stands in no layer; add it to scripts/check-layers.mjs`)
    continue
  }
  const declared = {
    ...manifest.dependencies,
    ...manifest.peerDependencies,
    ...manifest.optionalDependencies,
  }
  for (const dependency of Object.keys(declared)) {
    const target = folderOf(dependency)
    if (target && !(LAYERS[target] < layer)) {
      problems.push(`${name} (layer ${layer}) depends on ${dependency} (layer ${LAYERS[target]})`)
    }
  }
  for (const file of sources(join(root, 'packages', folder, 'src'))) {
    checkFile(folder, name, declared, file)
  }
}
if (problems.length > 0) {
  process.stderr.write(`${problems.join('\n')}\n`)
  process.exit(1)
}
process.stdout.write(`layers: ${folders.length} packages ok\n`)

function checkFile(folder, name, declared, file) {
  const relative = file.slice(join(root, 'packages', folder, 'src').length + 1)
  if (/\.test(-d)?\.ts$/.test(relative)) return
  const text = readFileSync(file, 'utf8')
  // Comments and template texts may talk about what the code must not use.
  const code = text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|\s)\/\/.*$/gm, '$1')
    .replace(/`(?:\\.|[^`\\])*`/g, '``')
  for (const [, dependency] of code.matchAll(IMPORT)) {
    if (dependency !== name && !(dependency in declared)) {
      problems.push(
        `${name}: src/${relative} imports ${dependency}, which package.json does not name`,
      )
    }
  }
  if (/from '\.\.\/\.\.\/\.\.\//.test(code))
    problems.push(`${name}: src/${relative} leaves its package`)
  const lines = text.split('\n').length
  if (lines > 400) problems.push(`${name}: src/${relative} has ${lines} lines; the limit is 400`)
  const excepted = (PURE_EXCEPT[folder] ?? []).some((pattern) => pattern.test(relative))
  if (PURE.includes(folder) && !excepted) {
    const hit = IMPURE.exec(code)
    if (hit) problems.push(`${name}: src/${relative} is pure and may not use "${hit[0]}"`)
  }
}

function folderOf(dependency) {
  if (dependency === 'traceml') return 'traceml'
  return dependency.startsWith('@traceml/') ? dependency.slice('@traceml/'.length) : null
}

function* sources(directory) {
  for (const entry of readdirSync(directory)) {
    const path = join(directory, entry)
    if (statSync(path).isDirectory()) yield* sources(path)
    else if (path.endsWith('.ts')) yield path
  }
}
