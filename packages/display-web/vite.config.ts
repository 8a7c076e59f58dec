import preact from '@preact/preset-vite'
import { defineConfig } from 'vite'

/** The page: relative addresses, so that it works below any path; nothing inline, so that it works under a strict policy. */
export default defineConfig({
  root: 'src/page',
  base: './',
  plugins: [preact({ reactAliasesEnabled: false })],
  resolve: { conditions: ['@traceml/source', 'browser', 'module', 'import', 'default'] },
  build: {
    outDir: '../../dist/page',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: false,
    sourcemap: false,
    cssCodeSplit: false,
  },
})
