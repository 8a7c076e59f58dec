import { defineConfig } from 'vitest/config'

const source = {
  resolve: { conditions: ['@traceml/source'] },
  ssr: { resolve: { conditions: ['@traceml/source'] } },
}
const env = { NO_COLOR: '1', TZ: 'UTC' }

export default defineConfig({
  test: {
    reporters: ['default', './scripts/count-reporter.mjs'],
    coverage: {
      provider: 'v8',
      include: ['packages/*/src/**/*.ts'],
      exclude: ['**/*.test.ts', '**/*.test-d.ts', '**/index.ts'],
    },
    projects: [
      {
        ...source,
        test: {
          name: 'unit',
          sequence: { groupOrder: 0 },
          // Property tests on a busy machine; nothing here waits that long by itself.
          testTimeout: 30_000,
          env,
          include: ['packages/*/src/**/*.test.ts', 'tests/**/*.test.ts'],
          exclude: ['tests/e2e/**', 'tests/packed/**', '**/node_modules/**'],
        },
      },
      {
        // Real processes and threads, on `dist`: built before.
        test: {
          name: 'e2e',
          sequence: { groupOrder: 1 },
          env,
          include: ['tests/e2e/**/*.test.ts'],
          // Nothing waits that long by itself: a machine with other work may be ten times as slow.
          testTimeout: 240_000,
          hookTimeout: 240_000,
          expect: { poll: { timeout: 60_000 } },
          fileParallelism: true,
          // Most of them wait for processes rather than compute.
          maxWorkers: 3,
          maxConcurrency: 2,
        },
      },
      {
        test: {
          name: 'packed',
          sequence: { groupOrder: 2 },
          env,
          include: ['tests/packed/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
})
