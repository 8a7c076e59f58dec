import { errorMessage, type Issue, PluginError, type Rule, SEVERITY_RANK } from '@traceml/contracts'
import { guardInput } from './check-rule-input.js'

/** What {@link checkRule} runs a rule on. */
export interface CheckRuleOptions<Context, Policy> {
  /**
   * Signals that the domain hands to its rules: calm ones, ones that fire, and ones where nothing
   * was measured (every number null). At least one; they are not changed.
   */
  readonly contexts: readonly Context[]
  readonly policy: Policy
  /** Default: the rule's own domain. */
  readonly domain?: string
}

const ID = /^[a-z0-9]+(-[a-z0-9]+)*(\/[a-z0-9]+(-[a-z0-9]+)*)?$/

/**
 * Checks that a rule keeps the contract of `Rule`; returns the issues it found, one list a context.
 *
 * The rule must have a kebab-case id and the domain that is expected, must not throw on any of the
 * contexts, must give the same issues twice for the same context, must not change its arguments,
 * and every issue must have all 12 fields with the right types. Works in any test runner.
 *
 * @throws {PluginError} `TRACEML_PLUGIN_INVALID`, with one sentence, at the first breach.
 * @example
 * ```ts
 * test('keeps the contract', () => {
 *   checkRule(slowDiskRule, { contexts: [calm, busy, unmeasured], policy: SYSTEM_POLICY })
 * })
 * ```
 */
export function checkRule<Context, Policy>(
  rule: Rule<Context, Policy>,
  options: CheckRuleOptions<Context, Policy>,
): readonly (readonly Issue[])[] {
  checkIdentity(rule, options.domain ?? rule.domain)
  if (options.contexts.length === 0) {
    throw breach(rule, 'was given no context: pass at least one')
  }
  return options.contexts.map((context, index) => {
    const place = `on context ${index}`
    const guarded = guardInput({ context, policy: options.policy })
    const input = guarded.value
    const issues = evaluate(rule, input.context, input.policy, place)
    const again = evaluate(rule, input.context, input.policy, place)
    if (guarded.isChanged()) throw breach(rule, `${place} changed its input: it must not`)
    for (const [position, issue] of issues.entries()) {
      const problem = issueProblem(issue)
      if (problem !== null) throw breach(rule, `${place}, issue ${position}: ${problem}`)
    }
    if (JSON.stringify(issues) !== JSON.stringify(again)) {
      throw breach(rule, `${place} gave different issues for the same input: it is not pure`)
    }
    return issues
  })
}

function checkIdentity(rule: Rule<never, never>, domain: string): void {
  const { apiVersion, kind, id } = rule as Partial<Rule<never, never>>
  if (kind !== 'rule' || apiVersion !== 1) {
    throw breach(
      rule,
      `has kind ${show(kind)} and apiVersion ${show(apiVersion)}: give 'rule' and 1`,
    )
  }
  if (typeof id !== 'string' || !ID.test(id)) {
    throw breach(rule, `has the id ${show(id)}: give kebab-case, like 'acme/slow-disk'`)
  }
  if (typeof rule.domain !== 'string' || rule.domain === '' || rule.domain !== domain) {
    throw breach(rule, `has the domain ${show(rule.domain)}: give ${show(domain)}`)
  }
  if (typeof rule.evaluate !== 'function') throw breach(rule, 'has no function evaluate')
}

function evaluate<Context, Policy>(
  rule: Rule<Context, Policy>,
  context: Context,
  policy: Policy,
  place: string,
): readonly Issue[] {
  let issues: unknown
  try {
    issues = rule.evaluate(context, policy)
  } catch (error) {
    throw breach(
      rule,
      `${place} threw (a change of its frozen input throws too): ${errorMessage(error)}`,
      error,
    )
  }
  if (!Array.isArray(issues))
    throw breach(rule, `${place} returned ${show(issues)}, which is no list`)
  return issues as readonly Issue[]
}

type Check = readonly [description: string, isValid: (value: unknown) => boolean]

const isText = (value: unknown): boolean => typeof value === 'string' && value.trim() !== ''
const isNumber = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value)
const orNull =
  (isValid: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    value === null || isValid(value)

/** The 12 fields of an issue, in the order of the reports. */
const FIELDS: Readonly<Record<keyof Issue, Check>> = {
  kind: ['a text', isText],
  status: ['a text', isText],
  severity: ["'info', 'warn' or 'crit'", (value) => Object.hasOwn(SEVERITY_RANK, String(value))],
  summary: ['a sentence', isText],
  action: ['a sentence', isText],
  metric: ['a text or null', orNull(isText)],
  phase: ['a text or null', orNull(isText)],
  score: ['a finite number or null', orNull(isNumber)],
  share_pct: ['a finite number or null', orNull(isNumber)],
  skew_pct: ['a finite number or null', orNull(isNumber)],
  ranks: ['a list of integers', (value) => Array.isArray(value) && value.every(Number.isInteger)],
  evidence: ['an object of JSON values', isJsonObject],
}

function issueProblem(issue: unknown): string | null {
  if (typeof issue !== 'object' || issue === null) return `it is ${show(issue)}, which is no issue`
  const fields = issue as Readonly<Record<string, unknown>>
  for (const [name, [description, isValid]] of Object.entries(FIELDS)) {
    if (!Object.hasOwn(fields, name)) return `the field ${name} is missing: give ${description}`
    if (!isValid(fields[name])) {
      return `the field ${name} is ${show(fields[name])}: give ${description}`
    }
  }
  const unknown = Object.keys(fields).find((name) => !Object.hasOwn(FIELDS, name))
  if (unknown !== undefined)
    return `the field ${unknown} is not one of an issue: put it in evidence`
  return null
}

function isJsonObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && isJson(value)
}

function isJson(value: unknown): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true
  if (typeof value === 'number') return Number.isFinite(value)
  if (Array.isArray(value)) return value.every(isJson)
  return typeof value === 'object' && Object.values(value).every(isJson)
}

function breach(rule: { readonly id: string }, problem: string, cause?: unknown): PluginError {
  const id = typeof rule.id === 'string' && rule.id !== '' ? rule.id : '(no id)'
  const options = cause === undefined ? {} : { cause }
  return new PluginError('TRACEML_PLUGIN_INVALID', `The rule ${id} ${problem}.`, options)
}

function show(value: unknown): string {
  if (typeof value === 'number') return String(value)
  return JSON.stringify(value) ?? String(value)
}
