import { InputError } from '@traceml/contracts'

/**
 * Returns a policy with some thresholds replaced.
 *
 * @throws {InputError} `TRACEML_INPUT_INVALID` for a threshold that is no finite number.
 */
export function resolvePolicy<Policy extends object>(
  defaults: Policy,
  overrides: Partial<Policy>,
): Policy {
  const policy = { ...defaults, ...overrides }
  checkNumbers('the policy', policy)
  return policy
}

function checkNumbers(place: string, value: unknown): void {
  if (typeof value === 'object' && value !== null) {
    for (const [key, entry] of Object.entries(value)) checkNumbers(`${place}, ${key}`, entry)
    return
  }
  if (value === undefined || (typeof value === 'number' && !Number.isFinite(value))) {
    throw new InputError(
      'TRACEML_INPUT_INVALID',
      `In ${place} is ${String(value)}; give a finite number.`,
    )
  }
}
