import { ConfigError } from '@traceml/contracts'
import type { TraceMLConfig } from './define-config.js'

type Check = (value: unknown) => boolean

const isPositive: Check = (value) => typeof value === 'number' && value > 0 && value <= 86_400
const isCount: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 1
const SWITCH: readonly [Check, string] = [(value) => typeof value === 'boolean', 'true or false']
const MODULES: readonly [Check, string] = [
  (value) => Array.isArray(value) && value.every((item) => typeof item === 'string' && item !== ''),
  'a list of module paths or package names',
]

const KEYS: Readonly<Record<keyof TraceMLConfig, readonly [Check, string]>> = {
  mode: [
    (value) => ['summary', 'cli', 'dashboard'].includes(String(value)),
    '"summary", "cli" or "dashboard"',
  ],
  interval: [isPositive, 'a number of seconds above 0'],
  logsDir: [(value) => typeof value === 'string' && value !== '', 'the path of a folder'],
  samplers: MODULES,
  gpus: MODULES,
  sections: MODULES,
  panels: MODULES,
  dashboardHost: [(value) => typeof value === 'string' && value !== '', 'an address'],
  dashboardPort: [
    (value) => Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= 65_535,
    'a port from 0 to 65535',
  ],
  dashboardAutoOpen: SWITCH,
  summaryWindowRows: [isCount, 'a whole number of at least 1'],
  policy: [(value) => ['robust', 'compatible'].includes(String(value)), '"robust" or "compatible"'],
  traceMaxSteps: [isCount, 'a whole number of at least 1'],
  layerBudget: [
    (value) => typeof value === 'number' && value > 0 && value <= 1,
    'a part of step time above 0 and at most 1, such as 0.05',
  ],
  totalSteps: [isCount, 'a whole number of at least 1'],
  finalizeTimeoutSec: [isPositive, 'a number of seconds above 0'],
  history: SWITCH,
  htmlReport: SWITCH,
}

/**
 * Returns `value` as a configuration.
 *
 * @param path - The file it came from, for the message.
 * @throws {ConfigError} TRACEML_CONFIG_FILE for anything but an object with known keys and values.
 */
export function checkConfig(value: unknown, path: string): TraceMLConfig {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(
      path,
      'has no default export of an object',
      'write export default defineConfig({ … })',
    )
  }
  for (const [key, entry] of Object.entries(value)) {
    if (!isKnown(key)) {
      throw invalid(
        path,
        `has the unknown key "${key}"`,
        `known are ${Object.keys(KEYS).join(', ')}`,
      )
    }
    const [check, expected] = KEYS[key]
    if (entry !== undefined && !check(entry)) {
      throw invalid(
        path,
        `has ${key}: ${JSON.stringify(entry) ?? String(entry)}`,
        `${key} must be ${expected}`,
      )
    }
  }
  return value
}

function isKnown(key: string): key is keyof TraceMLConfig {
  return Object.hasOwn(KEYS, key)
}

function invalid(path: string, problem: string, remedy: string): ConfigError {
  return new ConfigError(
    'TRACEML_CONFIG_FILE',
    `The configuration file "${path}" ${problem}; ${remedy}.`,
  )
}
