import {
  defineRenderer,
  type LivePanel,
  type LivePanelView,
  type LivePayload,
} from '@traceml/contracts'

/** Prices of what a run occupies. */
export interface Prices {
  readonly usdPerGpuHour: number
  /** For ranks without a GPU. */
  readonly usdPerNodeHour: number
}

/** A panel that says what the run has cost, and what it pays for waiting. */
export function createCostPanel(prices: Prices): LivePanel {
  return defineRenderer<LivePayload, LivePanelView>({
    apiVersion: 1,
    kind: 'renderer',
    id: 'acme/cost',
    surface: 'html',
    title: 'Cost',
    section: 'step_time',
    render({ nodes, run, ranks }) {
      const gpuCount = nodes.reduce((sum, { gpus }) => sum + gpus.length, 0)
      const usdPerHour =
        gpuCount > 0 ? gpuCount * prices.usdPerGpuHour : nodes.length * prices.usdPerNodeHour
      const hours = run.elapsed_s === null ? null : run.elapsed_s / 3600
      const rows = ranks.map((rank) => {
        const { step_time_ms: step, phases_ms: phases, global_rank } = rank
        const waits = step === null || phases.input_wait === null ? null : phases.input_wait / step
        const share = ranks.length === 0 ? 0 : usdPerHour / ranks.length
        return [`r${global_rank}`, waits, waits === null ? null : usd(waits * share)] as const
      })
      return {
        blocks: [
          {
            kind: 'figures',
            figures: [
              { label: 'an hour', value: usd(usdPerHour), unit: null },
              {
                label: 'so far',
                value: hours === null ? null : usd(hours * usdPerHour),
                unit: null,
              },
            ],
          },
          {
            kind: 'table',
            columns: [
              { label: 'Rank', unit: null },
              { label: 'waits for input', unit: 'ratio' },
              { label: 'an hour for that', unit: null },
            ],
            rows,
          },
        ],
      }
    },
  })
}

function usd(amount: number): string {
  return `$${amount.toFixed(2)}`
}

export default createCostPanel({ usdPerGpuHour: 2.5, usdPerNodeHour: 0.4 })
