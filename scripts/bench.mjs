// Runs the benchmarks of bench/*.bench.mjs and prints one table: ours, the limit measured in the
// same run, the ratio, the aim. `pnpm bench [name…]` runs those whose file name contains a name.
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { root, toolEnvironment } from './setup.mjs'

const wanted = process.argv.slice(2)
const files = readdirSync(join(root, 'bench'))
  .filter((file) => file.endsWith('.bench.mjs'))
  .filter((file) => wanted.length === 0 || wanted.some((name) => file.includes(name)))
  .sort()
if (files.length === 0) {
  process.stderr.write(`No benchmark matches "${wanted.join(' ')}"; see bench/*.bench.mjs.\n`)
  process.exit(2)
}

const figures = []
let failed = false
for (const file of files) {
  process.stderr.write(`bench: ${file} …\n`)
  figures.push(...(await runBench(file)))
}
print(figures)
process.exit(failed ? 1 : 0)

async function runBench(file) {
  const child = spawn(process.execPath, ['--expose-gc', join(root, 'bench', file)], {
    cwd: root,
    env: toolEnvironment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const found = []
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('BENCH ')) found.push(JSON.parse(line.slice(6)))
    else process.stderr.write(`  ${line}\n`)
  }
  const code = child.exitCode ?? (await new Promise((resolve) => child.once('exit', resolve)))
  if (code !== 0) {
    failed = true
    process.stderr.write(`bench: ${file} ended with ${code}\n`)
  }
  return found
}

function print(rows) {
  const table = [['', 'quantity', 'ours', 'limit', 'ratio', 'aim', '', 'note']]
  for (const figure of rows) {
    const { id, quantity, unit, ours, limit, aim, higherIsBetter = false, note = '' } = figure
    const ratio = limit ? ours / limit : null
    const met =
      aim === undefined ? '' : (higherIsBetter ? ours >= aim : ours <= aim) ? 'met' : 'missed'
    const sign = higherIsBetter ? '>=' : '<='
    table.push([
      id,
      quantity,
      `${number(ours)} ${unit}`,
      limit === undefined ? '' : `${number(limit)} ${unit}`,
      ratio === null ? '' : `${ratio.toFixed(2)} x`,
      aim === undefined ? '' : `${sign} ${number(aim)}`,
      met,
      note,
    ])
  }
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)))
  for (const row of table) {
    process.stdout.write(
      `${row
        .map((cell, i) => cell.padEnd(widths[i]))
        .join('  ')
        .trimEnd()}\n`,
    )
  }
}

function number(value) {
  if (!Number.isFinite(value)) return 'n/a'
  const size = Math.abs(value)
  if (size >= 1000)
    return Math.round(value)
      .toString()
      .replace(/\B(?=(\d{3})+$)/g, ',')
  return size >= 100
    ? value.toFixed(0)
    : size >= 10
      ? value.toFixed(1)
      : size >= 1
        ? value.toFixed(2)
        : value.toFixed(3)
}
