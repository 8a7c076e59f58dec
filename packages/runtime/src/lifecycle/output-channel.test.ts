import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSharedState } from '../recorder/shared-layout.js'
import { createOutputChannel, createOutputReader } from './output-channel.js'

function channel(outputBytes = 4_096) {
  const shared = createSharedState({ ringBytes: 16_384, outputBytes })
  return { out: createOutputChannel(shared), reader: createOutputReader(shared) }
}
const bytes = (text: string) => new TextEncoder().encode(text)

test('whole lines only, and each stream by itself', () => {
  const { out, reader } = channel()
  out.push(1, bytes('epo'))
  out.push(2, bytes('warning\r\n'))
  expect(reader.readLines()).toEqual(['warning'])
  out.push(1, bytes('ch 1\nlos'))
  expect(reader.readLines()).toEqual(['epoch 1'])
  reader.finish()
  expect(reader.readLines()).toEqual(['los'])
  expect(reader.readLines()).toEqual([])
})

test('a character cut in two is put together', () => {
  const { out, reader } = channel()
  const [first, ...rest] = bytes('é\n')
  out.push(1, new Uint8Array([first!]))
  expect(reader.readLines()).toEqual([])
  out.push(1, new Uint8Array(rest))
  expect(reader.readLines()).toEqual(['é'])
})

test('what does not fit is counted, and later lines come through', () => {
  const { out, reader } = channel()
  out.push(1, bytes('x'.repeat(5_000)))
  expect(reader.droppedBytes()).toBe(5_000)
  out.push(1, bytes('after\n'))
  expect(reader.readLines()).toEqual(['after'])
})

test('any pieces come out as they went in', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 300, unit: 'binary' })), (pieces) => {
      const { out, reader } = channel()
      const lines: string[] = []
      for (const piece of pieces) {
        out.push(1, bytes(piece))
        lines.push(...reader.readLines())
      }
      out.push(1, bytes('\n'))
      lines.push(...reader.readLines())
      // The last line end is part of it: after a lone carriage return it makes one line end.
      const all = bytes(`${pieces.join('')}\n`)
      const text = new TextDecoder('utf-8', { ignoreBOM: false }).decode(all)
      expect(lines).toEqual(text.split(/\r?\n/).slice(0, -1))
    }),
    { examples: [[['\r']], [['a\r', '\nb']]] },
  )
})
