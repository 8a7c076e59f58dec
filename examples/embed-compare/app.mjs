import { compare, formatCompareMarkdown, parseComparable } from '@traceml/compare'
import { plainLine, TraceMLError } from '@traceml/contracts'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'

/** A summary of a thousand ranks has about 2.5 MB. */
const MAX_BODY_BYTES = 8 * 1024 * 1024

/** What is wrong with a request, as one sentence for its sender. */
class BadRequest extends Error {}

/** Reads one uploaded summary. Its name comes from outside: it is shown, never used as a path. */
async function readUpload(form, field) {
  const file = form[field]
  if (!(file instanceof File)) {
    throw new BadRequest(`The field "${field}" is missing; upload a final_summary.json in it.`)
  }
  const name = plainLine(file.name, 80) || field
  let value
  try {
    value = JSON.parse(await file.text())
  } catch (error) {
    throw new BadRequest(`${name} is not valid JSON (${plainLine(error.message, 120)}).`)
  }
  return { summary: parseComparable(value, name), label: name }
}

/** The service: `POST /compare` with two files `a` and `b` answers with the verdict. */
export function createApp() {
  const app = new Hono()
  const tooLarge = (context) =>
    context.json({ error: `The upload is larger than ${MAX_BODY_BYTES} bytes; send less.` }, 413)

  app.post(
    '/compare',
    bodyLimit({ maxSize: MAX_BODY_BYTES, onError: tooLarge }),
    async (context) => {
      const form = await context.req.parseBody()
      const document = compare(
        await readUpload(form, 'a'),
        await readUpload(form, 'b'),
        undefined,
        {
          now: new Date(),
        },
      )
      if (context.req.header('accept')?.includes('text/markdown')) {
        return context.body(formatCompareMarkdown(document), 200, {
          'content-type': 'text/markdown; charset=utf-8',
        })
      }
      const { status, sentence, why, action, metrics } = document.judgement
      return context.json({ status, sentence, why, action, metrics })
    },
  )

  app.onError((error, context) => {
    const isTheirs = error instanceof BadRequest || TraceMLError.isInstance(error)
    if (isTheirs) return context.json({ error: plainLine(error.message, 500) }, 400)
    console.error(error)
    return context.json({ error: 'The comparison failed.' }, 500)
  })
  return app
}
