import { decodeEvents } from './decode.js'
import { PHASE_SLOTS } from './phase-row.js'
import { type EventTemplate, learnTemplate, readByTemplate } from './template.js'

/** Templates that are kept: one a device and set of phases, usually one or two. */
const MAX_TEMPLATES = 8
/** Rows that fit no template, after which learning is given up: every row is different. */
const MAX_LESSONS = 64

/** Stands between two texts; JSON cannot hold it. */
const SEPARATOR = 0

/** Decodes the texts of many steps that stand one after the other. */
export interface BatchDecoder {
  /**
   * Decodes the text at `start` into `values`, which it empties first.
   *
   * @returns Where the text ends: the position of a separator, or the length of `bytes`.
   */
  decode(bytes: Uint8Array, start: number, values: Float64Array): number
  /** One bit a phase that the last text has an event of, -1 when it holds no step. */
  readonly present: number
}

/** Makes a decoder, which learns what its texts have in common. */
export function createBatchDecoder(): BatchDecoder {
  const templates: EventTemplate[] = []
  const utf8 = new TextDecoder()
  let lessons = 0
  let present = -1

  /** By a known template; -1 when none fits. The one that did is tried first next time. */
  const byTemplate = (bytes: Uint8Array, start: number, values: Float64Array): number => {
    for (let index = 0; index < templates.length; index += 1) {
      const template = templates[index] as EventTemplate
      values.fill(Number.NaN, 0, PHASE_SLOTS)
      const end = readByTemplate(template, bytes, start, values, 0)
      if (end < 0 || (end < bytes.length && bytes[end] !== SEPARATOR)) continue
      if (index > 0) {
        templates.splice(index, 1)
        templates.unshift(template)
      }
      present = template.present
      return end
    }
    return -1
  }

  return {
    get present() {
      return present
    },
    decode(bytes, start, values) {
      const fitted = byTemplate(bytes, start, values)
      if (fitted >= 0) return fitted
      const found = bytes.indexOf(SEPARATOR, start)
      const end = found < 0 ? bytes.length : found
      const text = utf8.decode(bytes.subarray(start, end))
      present = decodeEvents(text, values, 0)
      if (lessons < MAX_LESSONS) {
        lessons += 1
        const learned = learnTemplate(text)
        if (learned !== null) {
          templates.unshift(learned)
          if (templates.length > MAX_TEMPLATES) templates.pop()
        }
      }
      return end
    },
  }
}
