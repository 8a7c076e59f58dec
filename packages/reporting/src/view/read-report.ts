import type { Part } from './parts.js'
import { countOf, listOf, nameOf, numberOf, partAt, partOf, sentenceOf } from './parts.js'
import { readFinding, readVerdict } from './read-finding.js'
import { readLayerProfile } from './read-layers.js'
import { readSection } from './read-section.js'
import type {
  LayersView,
  ReportView,
  RunView,
  SectionId,
  SectionView,
  TelemetryView,
} from './report-view.js'

const TITLES: Readonly<Record<SectionId, string>> = {
  step_time: 'Step time',
  step_memory: 'Step memory',
  system: 'System',
  process: 'Processes',
}
/** Notes and extra sections that are read at most. */
const MAX_NOTES = 50
const MAX_EXTRA_SECTIONS = 20

/**
 * A summary of any schema version as typed facts: cleaned of what steers a terminal or a page, parts
 * that are missing or malformed as null or empty. Never throws.
 *
 * @param document - What `JSON.parse` returned, or a summary that was just made.
 */
export function readReport(document: unknown): ReportView {
  const root = partOf(document)
  const schemaVersion = numberOf(root['schema_version'])
  const section = (id: SectionId): SectionView =>
    readSection(root[id], id, TITLES[id], schemaVersion)
  const sections = {
    step_time: section('step_time'),
    step_memory: section('step_memory'),
    system: section('system'),
    process: section('process'),
  }
  const meta = partAt(root, 'meta')
  return {
    schemaVersion,
    generatedAt: nameOf(root['generated_at']),
    durationSeconds: numberOf(root['duration_s']),
    runName: nameOf(meta['run_name']),
    mode: nameOf(meta['mode']),
    worldSize: countOf(meta['world_size']),
    nodes: countOf(meta['nodes_observed']),
    gpus: countOf(meta['gpus_observed']),
    verdict: readVerdict(root, sections),
    compatible: readFinding(root['compatible_diagnosis']),
    sections,
    layers: readLayers(root, schemaVersion),
    extraSections: Object.entries(partAt(root, 'extra_sections'))
      .slice(0, MAX_EXTRA_SECTIONS)
      .map(([id, value]) => {
        const title = nameOf(partOf(value)['title']) ?? nameOf(id) ?? 'section'
        return readSection(value, id, title, schemaVersion)
      }),
    run: readRun(partAt(root, 'run')),
    telemetry: 'telemetry' in root ? readTelemetry(partAt(root, 'telemetry')) : null,
  }
}

function readLayers(root: Part, schemaVersion: number | null): LayersView | null {
  const profile = readLayerProfile(partAt(root, 'layers'))
  if (profile === null) return null
  return { section: readSection(root['layers'], 'layers', 'Layers', schemaVersion), profile }
}

function readRun(part: Part): RunView {
  return {
    status: nameOf(part['status']),
    newestStep: countOf(part['newest_step']),
    newestSampleAgeSeconds: numberOf(part['newest_sample_age_s']),
  }
}

function readTelemetry(part: Part): TelemetryView {
  return {
    stepsRecorded: countOf(part['steps_recorded']),
    stepsLost: countOf(part['steps_lost']),
    stepCostUs: numberOf(part['step_cost_us']),
    notes: listOf(part['notes'])
      .slice(0, MAX_NOTES)
      .map(sentenceOf)
      .filter((note) => note !== null),
  }
}
