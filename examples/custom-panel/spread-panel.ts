import { defineRenderer, type LivePayload, type Renderer } from '@traceml/contracts'

const spreadPanel: Renderer<LivePayload, readonly string[]> = defineRenderer({
  apiVersion: 1,
  kind: 'renderer',
  id: 'acme/spread',
  surface: 'terminal',
  title: 'Fastest and slowest rank',
  section: 'step_time',
  render({ ranks }, { columns, rows }) {
    const steps = ranks.flatMap((rank) => rank.step_time_ms ?? [])
    const line =
      steps.length === 0
        ? 'no step yet'
        : `${Math.min(...steps).toFixed(1)} to ${Math.max(...steps).toFixed(1)} ms`
    return [line.slice(0, columns)].slice(0, rows)
  },
})

export default spreadPanel
