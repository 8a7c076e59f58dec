/** What `traceml export` writes. */
export type ExportFormat = 'perfetto' | 'csv' | 'jsonl'

/** Every {@link ExportFormat}. */
export const EXPORT_FORMATS: readonly ExportFormat[] = ['perfetto', 'csv', 'jsonl']
