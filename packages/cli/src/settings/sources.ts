import { ConfigError, ENV } from '@traceml/contracts'
import { parseSwitch, type RawValue } from './parse-values.js'

/** The flag if it was given, else the environment variable if it is set, else null. */
export function flagOrEnvironment(input: {
  readonly flag: string
  readonly value: string | undefined
  readonly variable: string | undefined
  readonly environment: Readonly<Record<string, string | undefined>>
}): RawValue | null {
  if (input.value !== undefined) return { source: input.flag, text: input.value }
  if (input.variable === undefined) return null
  const text = input.environment[input.variable]
  return text === undefined || text === '' ? null : { source: input.variable, text }
}

/** Whether the history is kept, and who decided it. */
export function historySetting(
  flag: boolean | undefined,
  environment: Readonly<Record<string, string | undefined>>,
  configured: boolean | undefined,
): { readonly enabled: boolean; readonly source: string } {
  if (flag === false) return { enabled: false, source: '--no-history' }
  const text = environment[ENV.historyEnabled]
  if (text !== undefined && text !== '') {
    return {
      enabled: parseSwitch({ source: ENV.historyEnabled, text }),
      source: ENV.historyEnabled,
    }
  }
  return { enabled: configured ?? true, source: 'the configuration file' }
}

/**
 * Whether the report is written as a page, too.
 *
 * @throws {ConfigError} TRACEML_CONFIG_INVALID when the history, which reports are made from, is
 * switched off.
 */
export function htmlSetting(
  flag: boolean | undefined,
  environment: Readonly<Record<string, string | undefined>>,
  configured: boolean | undefined,
  history: { readonly enabled: boolean; readonly source: string },
): boolean {
  const text = environment[ENV.htmlReport]
  const isSet = text !== undefined && text !== ''
  const fromEnvironment = isSet && parseSwitch({ source: ENV.htmlReport, text })
  const isWanted = flag ?? (isSet ? fromEnvironment : (configured ?? false))
  if (isWanted && !history.enabled) {
    throw new ConfigError(
      'TRACEML_CONFIG_INVALID',
      `The HTML report needs the history that ${history.source} switches off; drop one of the two.`,
    )
  }
  return isWanted
}
