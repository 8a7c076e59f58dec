import { readFileSync } from 'node:fs'
import { ConfigError, errorMessage } from '@traceml/contracts'
import { oneLine } from '../output/failure.js'
import { checkConfig } from './check-config.js'
import type { TraceMLConfig } from './define-config.js'

/** Keys of a `traceml.yaml`, as existing files have them. Null: read, and of no effect here. */
const KEYS: Readonly<Record<string, keyof TraceMLConfig | null>> = {
  mode: 'mode',
  interval: 'interval',
  // Rows are always in the history; there are no further logs of them.
  enable_logging: null,
  logs_dir: 'logsDir',
  history_enabled: 'history',
  finalize_timeout_sec: 'finalizeTimeoutSec',
  dashboard_port: 'dashboardPort',
  dashboard_auto_open: 'dashboardAutoOpen',
}

/**
 * Reads a `traceml.yaml`. An empty file is an empty configuration.
 *
 * @throws {ConfigError} TRACEML_CONFIG_FILE for a file that cannot be read or parsed, that has an
 * unknown key, or a value of a wrong type.
 */
export async function loadYamlConfig(path: string): Promise<TraceMLConfig> {
  const value = await parse(path)
  if (value === null || value === undefined) return {}
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw invalid(path, 'is no list of keys and values', 'write one "key: value" a line')
  }
  const entries = Object.entries(value).flatMap(([name, entry]) => {
    const key = Object.hasOwn(KEYS, name) ? KEYS[name] : undefined
    if (key === undefined) {
      const known = Object.keys(KEYS).join(', ')
      throw invalid(path, `has the unknown key "${name}"`, `known are ${known}`)
    }
    return key === null || entry === null ? [] : [[key, entry] as const]
  })
  return checkConfig(Object.fromEntries(entries), path)
}

/** As Python's loader does, in YAML 1.1: `on`, `yes` are true there. */
async function parse(path: string): Promise<unknown> {
  try {
    const { parseDocument } = await import('yaml')
    const document = parseDocument(readFileSync(path, 'utf8'), { version: '1.1', strict: true })
    const [problem] = [...document.errors, ...document.warnings]
    if (problem !== undefined) throw problem
    return document.toJS()
  } catch (error) {
    const [sentence = ''] = errorMessage(error).split('\n')
    throw invalid(path, `cannot be read: ${oneLine(sentence).replace(/[:.]$/, '')}`, 'correct it')
  }
}

function invalid(path: string, problem: string, remedy: string): ConfigError {
  return new ConfigError(
    'TRACEML_CONFIG_FILE',
    `The configuration file "${path}" ${problem}; ${remedy}.`,
  )
}
