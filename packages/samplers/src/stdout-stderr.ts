import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Sampler, SamplerSpec } from '@traceml/contracts'
import { SAMPLER_NAMES } from '@traceml/contracts'

const TABLE = SAMPLER_NAMES.stdoutStderr.table

/**
 * What the training printed: every rank appends its lines to `stdout_stderr.log` of its folder and
 * sends them as rows. Blank lines are left out. The terminal is not touched.
 */
export function createStdoutStderrSampler(): Sampler {
  let file: string | null = null
  return {
    apiVersion: 1,
    kind: 'sampler',
    id: 'stdout-stderr',
    samplerName: SAMPLER_NAMES.stdoutStderr.sampler,
    start(context) {
      if (context.rankDirectory === null) return
      const path = join(context.rankDirectory, 'stdout_stderr.log')
      mkdirSync(context.rankDirectory, { recursive: true })
      writeFileSync(path, `# stdout and stderr of rank ${context.identity.globalRank}\n\n`)
      file = path
    },
    sample(sink, context) {
      const lines = (context.output?.readLines() ?? []).filter((line) => line.trim() !== '')
      if (lines.length === 0) return
      for (const line of lines) sink.emit(TABLE, { line })
      if (file !== null) appendFileSync(file, `${lines.join('\n')}\n`)
    },
    // A training prints after its last recorded step too, so there can always be more.
    hasPending: () => true,
  }
}

/** {@link createStdoutStderrSampler} in the default registry: only for live views, which show output. */
export const stdoutStderrSpec: SamplerSpec = {
  apiVersion: 1,
  kind: 'sampler-spec',
  key: 'stdout_stderr',
  create: createStdoutStderrSampler,
  modes: ['cli', 'dashboard'],
  drainOnRecordingStop: true,
}
