import type { VNode } from 'preact'
import { EndCard } from './cards/end.js'
import { ConnectionNotice, Header } from './cards/header.js'
import { Help } from './cards/help.js'
import { LayersCard } from './cards/layers.js'
import { LogsCard } from './cards/logs.js'
import { MemoryCard } from './cards/memory.js'
import { AddedPanels } from './cards/panels.js'
import { ProcessCard } from './cards/process.js'
import { RankDetail } from './cards/rank-detail.js'
import { RanksCard } from './cards/ranks.js'
import { StepTimeCard } from './cards/step-time.js'
import { SystemCard } from './cards/system.js'
import { TelemetryCard } from './cards/telemetry.js'
import { VerdictCard } from './cards/verdict.js'
import { Boundary } from './parts/boundary.js'
import { connection, shown } from './state/live-state.js'
import { createStore, type Store, useStore } from './state/store.js'

export const isHelpOpen: Store<boolean> = createStore(false)

const MAIN = [
  ['The steps', StepTimeCard],
  ['The layers', LayersCard],
  ['The ranks', RanksCard],
  ['The rank', RankDetail],
  ['The output', LogsCard],
] as const
const SIDE = [
  ['The system', SystemCard],
  ['The memory', MemoryCard],
  ['The processes', ProcessCard],
  ['The panels', AddedPanels],
  ['The telemetry', TelemetryCard],
] as const

/** The whole page. */
export function App(): VNode {
  const hasData = useStore(shown, (received) => received !== null)
  const helpIsOpen = useStore(isHelpOpen, (isOpen) => isOpen)
  return (
    <>
      <Header onHelp={() => isHelpOpen.set(true)} />
      <main>
        <ConnectionNotice />
        {hasData ? (
          <>
            <Boundary name="The end">
              <EndCard />
            </Boundary>
            <Boundary name="The verdict">
              <VerdictCard />
            </Boundary>
            <div class="columns">
              <Column parts={MAIN} />
              <Column parts={SIDE} />
            </div>
          </>
        ) : (
          <Waiting />
        )}
      </main>
      <Footer />
      <Help isOpen={helpIsOpen} onClose={() => isHelpOpen.set(false)} />
    </>
  )
}

function Column(props: {
  readonly parts: readonly (readonly [name: string, part: () => VNode | null])[]
}): VNode {
  return (
    <div class="column">
      {props.parts.map(([name, Part]) => (
        <Boundary key={name} name={name}>
          <Part />
        </Boundary>
      ))}
    </div>
  )
}

function Waiting(): VNode {
  const state = useStore(connection, (value) => value)
  return (
    <p class="waiting quiet" role="status">
      {state === 'lost' ? 'The server does not answer; trying again…' : 'Connecting to the run…'}
    </p>
  )
}

function Footer(): VNode {
  return (
    <footer class="quiet small">
      <a href="./api/live.json">live.json</a> <a href="./api/status.json">status.json</a>{' '}
      <a href="./api/series.json">series.json</a> <a href="./api/logs.json">logs.json</a>{' '}
      <a href="./metrics">metrics</a>
    </footer>
  )
}
