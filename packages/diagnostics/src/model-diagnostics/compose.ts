import {
  type Clock,
  type Logger,
  noopLogger,
  SEVERITY_RANK,
  type Severity,
} from '@traceml/contracts'
import type { ModelDiagnosticDomain, ModelDiagnosticsContext } from './context.js'
import { createItem, type ModelDiagnosticItem, type ModelDiagnosticsPayload } from './payload.js'
import { stepMemoryDomain } from './step-memory-domain.js'
import { stepTimeDomain } from './step-time-domain.js'

/** The domains of the live view, in the order in which they are shown. */
export const defaultModelDiagnosticDomains: readonly ModelDiagnosticDomain[] = [
  stepTimeDomain,
  stepMemoryDomain,
]

/** What {@link composeModelDiagnostics} needs besides the verdicts. */
export interface ComposeOptions {
  readonly clock: Clock
  /** Default {@link defaultModelDiagnosticDomains}. */
  readonly domains?: readonly ModelDiagnosticDomain[]
  /** Hears of domains that failed. Default: nobody. */
  readonly logger?: Logger
}

/**
 * Puts the verdicts of the domains side by side for a live view; there is no merged verdict.
 *
 * A domain that throws becomes an item that says it is unavailable, and costs no other domain.
 */
export function composeModelDiagnostics(
  context: ModelDiagnosticsContext,
  options: ComposeOptions,
): ModelDiagnosticsPayload {
  const { clock, domains = defaultModelDiagnosticDomains, logger = noopLogger } = options
  const items: ModelDiagnosticItem[] = []
  for (const domain of domains) {
    const item = buildItem(domain, context, logger)
    if (item !== null) items.push(item)
  }
  return {
    generated_at_s: clock.wallSeconds(),
    overall_severity: highestSeverity(items),
    status_message: items.length > 0 ? 'OK' : 'NO DATA',
    items,
  }
}

function buildItem(
  domain: ModelDiagnosticDomain,
  context: ModelDiagnosticsContext,
  logger: Logger,
): ModelDiagnosticItem | null {
  try {
    return domain.build(context)
  } catch (error) {
    logger.error(`The live diagnosis of ${domain.title} failed`, { error })
    return createItem({
      source: domain.source,
      title: domain.title,
      kind: 'NO_DATA',
      status: 'NO DATA',
      reason: `${domain.title} is unavailable on this tick.`,
      action: 'Wait for more samples.',
    })
  }
}

/** The highest severity of the items; a word that is none never wins. */
function highestSeverity(items: readonly ModelDiagnosticItem[]): Severity {
  let highest: Severity = 'info'
  for (const { severity } of items) {
    if ((SEVERITY_RANK[severity] ?? -1) > SEVERITY_RANK[highest]) highest = severity
  }
  return highest
}
