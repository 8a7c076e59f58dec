/** A span of time in one or two units: `8.4s`, `2m 05s`, `3h 20m`, `4d 02h`; null is `n/a`. */
export function spanWords(seconds: number | null): string {
  if (seconds === null) return 'n/a'
  if (seconds < 59.95) return `${seconds.toFixed(1)}s`
  const whole = Math.round(seconds)
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0')
  if (whole < 3600) return `${Math.floor(whole / 60)}m ${two(whole % 60)}s`
  if (whole < 86_400) return `${Math.floor(whole / 3600)}h ${two((whole % 3600) / 60)}m`
  return `${Math.floor(whole / 86_400)}d ${two((whole % 86_400) / 3600)}h`
}

/** How long ago something was, in one unit: `now`, `5m ago`, `3h ago`, `12d ago`; null is `n/a`. */
export function agoWords(seconds: number | null): string {
  if (seconds === null) return 'n/a'
  if (seconds < 60) return 'now'
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ago`
  return seconds < 172_800
    ? `${Math.floor(seconds / 3600)}h ago`
    : `${Math.floor(seconds / 86_400)}d ago`
}
