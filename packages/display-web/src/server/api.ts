import {
  errorMessage,
  InputError,
  type LiveApiError,
  type LiveLogQuery,
  type LiveSeriesQuery,
  type LiveSource,
  type LiveStatus,
  TraceMLError,
} from '@traceml/contracts'
import { type Context, Hono } from 'hono'

/** Routes below the root that answer programs; see `LiveApi` for what they answer. */
export function createApi(source: LiveSource): Hono {
  const api = new Hono()
  api.use(async (context, next) => {
    await next()
    context.res.headers.set('cache-control', 'no-store')
  })
  api.get('/api/live.json', (context) => context.json(source.payload()))
  api.get('/api/status.json', (context) => {
    const { schema_version, seq, generated_at, run, verdict, progress } = source.payload()
    const status: LiveStatus = { schema_version, seq, generated_at, run, verdict, progress }
    return context.json(status)
  })
  api.get('/api/series.json', async (context) =>
    context.json(await source.series(seriesQuery(context))),
  )
  api.get('/api/logs.json', async (context) => context.json(await source.logs(logQuery(context))))
  api.get('/metrics', async (context) => {
    // Only who scrapes pays for it.
    const { METRICS_CONTENT_TYPE, renderMetrics } = await import('@traceml/exporter-prometheus')
    const text = await renderMetrics(source.payload())
    return context.body(text, 200, { 'content-type': METRICS_CONTENT_TYPE })
  })
  api.get('/healthz', (context) => context.text('ok\n'))
  api.all('/api/*', (context) =>
    context.json(
      problem('TRACEML_INPUT_INVALID', `"${context.req.path}" is no path of this interface.`),
      404,
    ),
  )
  api.onError((error, context) => {
    const isMistake = TraceMLError.isInstance(error) && error.code === 'TRACEML_INPUT_INVALID'
    const code = TraceMLError.isInstance(error) ? error.code : 'TRACEML_DISPLAY_FAILED'
    return context.json(problem(code, errorMessage(error)), isMistake ? 400 : 500)
  })
  return api
}

function problem(code: string, message: string): LiveApiError {
  return { error: { code, message } }
}

function seriesQuery(context: Context): LiveSeriesQuery {
  return withoutAbsent({
    from_step: wholeNumber(context, 'from_step'),
    to_step: wholeNumber(context, 'to_step'),
    points: wholeNumber(context, 'points'),
    rank: wholeNumber(context, 'rank'),
  })
}

function logQuery(context: Context): LiveLogQuery {
  return withoutAbsent({
    rank: wholeNumber(context, 'rank'),
    after_id: wholeNumber(context, 'after_id'),
    before_id: wholeNumber(context, 'before_id'),
    limit: wholeNumber(context, 'limit'),
  })
}

/** @throws {InputError} for something else than a whole number. */
function wholeNumber(context: Context, name: string): number | undefined {
  const text = context.req.query(name)
  if (text === undefined || text === '') return undefined
  const value = Number(text)
  if (/^\d{1,16}$/.test(text) && Number.isSafeInteger(value)) return value
  throw new InputError(
    'TRACEML_INPUT_INVALID',
    `"${name}" is "${text.slice(0, 40)}"; give a whole number from 0 on.`,
  )
}

function withoutAbsent(
  query: Readonly<Record<string, number | undefined>>,
): Readonly<Record<string, number>> {
  const entries = Object.entries(query)
  return Object.fromEntries(
    entries.filter((entry): entry is [string, number] => entry[1] !== undefined),
  )
}
