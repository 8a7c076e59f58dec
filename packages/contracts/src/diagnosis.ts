import type { JsonValue } from './json.js'

/** How much a finding matters. */
export type Severity = 'info' | 'warn' | 'crit'

/** crit 2, warn 1, info 0. */
export const SEVERITY_RANK: Readonly<Record<Severity, number>> = { info: 0, warn: 1, crit: 2 }

/** The built-in domains; third parties may add others. */
export type DiagnosticDomain = 'system' | 'process' | 'step_time' | 'step_memory' | 'layers'

/** Numbers behind a finding. Keys are snake_case and documented by the rule. */
export type Evidence = Readonly<Record<string, JsonValue>>

/** One finding, or one neutral state, exactly as reports publish it. */
export interface Issue {
  /** Stable label to compare on, for example `INPUT_BOUND`. */
  readonly kind: string
  /** Label to show, for example `INPUT-BOUND`. */
  readonly status: string
  readonly severity: Severity
  /** One sentence: what was found, with the numbers. */
  readonly summary: string
  /** One sentence: what to try next. */
  readonly action: string
  /** The signal that fired. */
  readonly metric: string | null
  readonly phase: string | null
  /** Ranks findings of one severity; a fraction for shares. */
  readonly score: number | null
  /** A fraction of step time, 0 to 1, whatever its historical name says. */
  readonly share_pct: number | null
  /** (worst − median) / median, a fraction. */
  readonly skew_pct: number | null
  /** Affected global ranks; GPU indices in the system domain. */
  readonly ranks: readonly number[]
  readonly evidence: Evidence
}

/** The verdict of one domain. */
export interface Diagnosis {
  readonly kind: string
  readonly status: string
  readonly severity: Severity
  readonly reason: string
  readonly action: string
  /** Extra sentence, for example a definition or a trend. */
  readonly note: string | null
  /** 0 to 1, or null where the domain does not state one. */
  readonly confidence: number | null
}

/** What diagnosing a domain returns. `issues` is never empty; `issues[0]` has the primary's kind. */
export interface DiagnosisResult<Primary extends Diagnosis = Diagnosis> {
  readonly primary: Primary
  readonly issues: readonly Issue[]
}

/**
 * One rule of one domain.
 *
 * Called once per context, synchronously. It must be pure: no clock, no I/O, no mutation of its
 * arguments. It returns its findings, usually none or one, in the order of importance. It should
 * not throw; a throwing rule is named in the result (`ruleFailures`, the primary's note) and the other rules
 * still run.
 */
export interface Rule<Context, Policy = unknown> {
  readonly apiVersion: 1
  readonly kind: 'rule'
  /** Stable, kebab-case, namespaced for third parties: `acme/slow-disk`. */
  readonly id: string
  readonly domain: string
  evaluate(context: Context, policy: Policy): readonly Issue[]
}

/** Checks and infers a {@link Rule}; returns its argument. */
export function defineRule<Context, Policy>(rule: Rule<Context, Policy>): Rule<Context, Policy> {
  return rule
}
