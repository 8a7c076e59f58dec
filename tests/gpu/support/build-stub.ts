import { execFileSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Builds the library with NVML's symbols; null when there is no C compiler. */
export function buildNvmlStub(): string | null {
  const library = join(mkdtempSync(join(tmpdir(), 'traceml-nvml-')), 'libnvidia-ml.so.1')
  const source = join(import.meta.dirname, 'nvml-stub.c')
  try {
    execFileSync('cc', ['-shared', '-fPIC', '-o', library, source], { stdio: 'pipe' })
    return library
  } catch {
    process.stderr.write('The tests of the NVML binding are skipped: no C compiler (cc).\n')
    return null
  }
}
