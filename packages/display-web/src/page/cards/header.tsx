import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import { usePayload } from '../data/use-payload.js'
import { FreshnessChip } from '../parts/freshness-chip.js'
import { connection, newest, shown } from '../state/live-state.js'
import { useStore } from '../state/store.js'
import { nextTheme, type Theme, theme } from '../state/theme.js'
import { choose, uiState } from '../state/ui-state.js'

const THEME_LABELS: Readonly<Record<Theme, string>> = {
  system: 'Auto',
  light: 'Light',
  dark: 'Dark',
}

/** What this is, how it stands, and what the viewer can do about the view. */
export function Header({ onHelp }: { readonly onHelp: () => void }): VNode {
  const run = usePayload((payload) => payload.run)
  const chosenTheme = useStore(theme, (value) => value)
  const status = usePayload((payload) => payload.verdict.status)
  const title = run === null ? 'traceml' : (run.run_name ?? run.session_id)
  useEffect(() => {
    document.title = status === null ? 'traceml' : `${status} · ${title}`
  }, [status, title])
  return (
    <header class="top">
      <div class="top-inner">
        <div class="title">
          <span class="wordmark">traceml</span>
          <h1 title={title}>{title}</h1>
          {run !== null && <FreshnessChip freshness={run.freshness} />}
        </div>
        <RunContext />
        <div class="controls">
          <PauseButton />
          <button
            type="button"
            onClick={() => theme.set(nextTheme(chosenTheme))}
            aria-label={`Colours: ${THEME_LABELS[chosenTheme]}; change`}
          >
            {THEME_LABELS[chosenTheme]}
          </button>
          <button type="button" onClick={onHelp} aria-label="Keys and explanations">
            ?
          </button>
        </div>
      </div>
    </header>
  )
}

function RunContext(): VNode | null {
  const run = usePayload((payload) => payload.run)
  const ranks = usePayload((payload) => payload.ranks)
  if (run === null) return null
  const rankText =
    run.ranks_seen === run.ranks_expected
      ? `${run.ranks_seen} ${run.ranks_seen === 1 ? 'rank' : 'ranks'}`
      : `${run.ranks_seen} of ${run.ranks_expected} ranks`
  const hosts = new Set((ranks ?? []).flatMap(({ hostname }) => hostname ?? []))
  const host = hosts.size === 1 ? [...hosts][0]?.split('.')[0] : undefined
  const parts = [
    rankText,
    run.nodes_seen > 1 ? `${run.nodes_seen} nodes` : (host ?? null),
    run.strategy === 'ddp' || run.strategy === 'fsdp' ? run.strategy.toUpperCase() : null,
    run.profile === 'run' ? null : run.profile,
    run.status === 'finalizing' ? 'writing the report' : null,
  ].filter((part): part is string => part !== null)
  return <p class="context quiet">{parts.join(' · ')}</p>
}

function PauseButton(): VNode {
  const isPaused = useStore(uiState, (ui) => ui.isPaused)
  const latest = useStore(newest, (value) => value?.document.payload.seq ?? 0)
  const drawn = useStore(shown, (value) => value?.document.payload.seq ?? 0)
  const behind = latest - drawn
  return (
    <button
      type="button"
      class={isPaused ? 'primary' : undefined}
      aria-pressed={isPaused}
      onClick={() => choose({ isPaused: !isPaused })}
    >
      {isPaused ? `Resume${behind > 0 ? ` (${behind} newer)` : ''}` : 'Pause'}
    </button>
  )
}

/** Says that the server is gone, when it is and the run is not over. */
export function ConnectionNotice(): VNode | null {
  const state = useStore(connection, (value) => value)
  const run = usePayload((payload) => payload.run)
  if (state !== 'lost' || run === null) return null
  if (run.status === 'ended') {
    return (
      <p class="notice info" role="status">
        The run has ended and its server has stopped. This page keeps the last numbers;{' '}
        <code>traceml open {run.session_id}</code> shows them again later.
      </p>
    )
  }
  return (
    <p class="notice crit" role="alert">
      The page has lost its server and tries to reach it again. These are the last numbers that it
      sent.
    </p>
  )
}
