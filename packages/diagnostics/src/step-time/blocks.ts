import { restrictStepTimeWindow, type StepTimeWindow } from '@traceml/analysis'
import type { Issue } from '@traceml/contracts'
import type { RobustStepTimePolicy } from './policy.js'

/** What the blocks of a window say about a finding. */
export interface BlockVotes {
  /** 0 to 1 for a finding, or for null: for finding nothing. */
  confidenceIn(issue: Issue | null): number
}

/** A kind that names ranks which make others wait. */
export const isStraggler = ({ kind }: Pick<Issue, 'kind'>): boolean => kind.endsWith('STRAGGLER')

/**
 * Lets blocks of consecutive steps vote: each is judged by the same rules, on its own.
 *
 * Confidence is (agreeing blocks + 1) / (blocks + 2) × ranks measured / ranks known: the rule of
 * succession, so that few blocks never give certainty. A straggler is confirmed by any straggler that
 * names the same rank.
 */
export function voteByBlocks(
  window: StepTimeWindow,
  { maxBlocks, minBlockSteps }: RobustStepTimePolicy,
  judge: (block: StepTimeWindow) => readonly Issue[],
): BlockVotes {
  const { stepsUsed, ranksPresent, worldSize } = window.coverage
  const blockCount = Math.max(1, Math.min(maxBlocks, Math.floor(stepsUsed / minBlockSteps)))
  const edge = (block: number): number => Math.floor((block * stepsUsed) / blockCount)
  const blocks = Array.from({ length: blockCount }, (_, block) => {
    const start = edge(block)
    const indices = Int32Array.from({ length: edge(block + 1) - start }, (_, i) => start + i)
    return judge(restrictStepTimeWindow(window, indices))
  })
  const coverage = worldSize > 0 ? Math.min(1, ranksPresent / worldSize) : 1
  return {
    confidenceIn(issue) {
      const agreeing = blocks.filter((found) =>
        issue === null ? found.length === 0 : found.some((other) => isSame(issue, other)),
      )
      return ((agreeing.length + 1) / (blockCount + 2)) * coverage
    },
  }
}

function isSame(issue: Issue, other: Issue): boolean {
  if (!isStraggler(issue)) return issue.kind === other.kind
  return isStraggler(other) && other.ranks.includes(issue.ranks[0] ?? Number.NaN)
}
