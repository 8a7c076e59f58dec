import { readFileSync } from 'node:fs'
/** A JSON Schema as far as the summary's schema uses it. */
export type Schema = Readonly<Record<string, unknown>>

const ANNOTATIONS = ['$schema', 'title', 'description', '$comment', '$defs']

type Check = (
  value: unknown,
  argument: never,
  path: string,
  schema: Schema,
  root: Schema,
) => string[]

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

function hasType(value: unknown, type: string): boolean {
  return type === 'integer' ? Number.isInteger(value) : typeOf(value) === type
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeOf(value) === 'object' ? (value as Record<string, unknown>) : {}
}

function when(failed: boolean, problem: string): string[] {
  return failed ? [problem] : []
}

const CHECKS: Readonly<Record<string, Check>> = {
  $ref: (value, reference: string, path, _, root) => {
    const target = reference
      .slice(2)
      .split('/')
      .reduce<unknown>((node, key) => (node as Schema)[key], root)
    return validate(value, target as Schema, path, root)
  },
  type: (value, types: string | string[], path) =>
    when(
      ![types].flat().some((type) => hasType(value, type)),
      `${path} is ${typeOf(value)}, not ${types}`,
    ),
  const: (value, expected: unknown, path) =>
    when(
      !same(value, expected),
      `${path} is ${JSON.stringify(value)}, not ${JSON.stringify(expected)}`,
    ),
  enum: (value, allowed: unknown[], path) =>
    when(
      !allowed.some((item) => same(item, value)),
      `${path} is ${JSON.stringify(value)}, not one of ${JSON.stringify(allowed)}`,
    ),
  minimum: (value, limit: number, path) =>
    when(typeof value === 'number' && value < limit, `${path} is ${value}, below ${limit}`),
  maximum: (value, limit: number, path) =>
    when(typeof value === 'number' && value > limit, `${path} is ${value}, above ${limit}`),
  minLength: (value, limit: number, path) =>
    when(typeof value === 'string' && value.length < limit, `${path} is too short`),
  pattern: (value, pattern: string, path) =>
    when(
      typeof value === 'string' && !new RegExp(pattern).test(value),
      `${path} is ${value}, not ${pattern}`,
    ),
  minItems: (value, limit: number, path) =>
    when(Array.isArray(value) && value.length < limit, `${path} has too few items`),
  maxItems: (value, limit: number, path) =>
    when(Array.isArray(value) && value.length > limit, `${path} has too many items`),
  uniqueItems: (value, _: true, path) =>
    when(
      Array.isArray(value) &&
        new Set(value.map((item) => JSON.stringify(item))).size < value.length,
      `${path} repeats an item`,
    ),
  items: (value, schema: Schema, path, _, root) =>
    (Array.isArray(value) ? value : []).flatMap((item, index) =>
      validate(item, schema, `${path}[${index}]`, root),
    ),
  required: (value, names: string[], path) =>
    typeOf(value) !== 'object'
      ? []
      : names
          .filter((name) => !Object.hasOwn(objectOf(value), name))
          .map((name) => `${path}.${name} is missing`),
  properties: (value, schemas: Record<string, Schema>, path, _, root) =>
    Object.entries(objectOf(value)).flatMap(([name, item]) => {
      const schema = schemas[name]
      return schema === undefined ? [] : validate(item, schema, `${path}.${name}`, root)
    }),
  additionalProperties: (value, argument: boolean | Schema, path, schema, root) => {
    const known = Object.keys(objectOf(schema['properties']))
    const others = Object.entries(objectOf(value)).filter(([name]) => !known.includes(name))
    if (argument === true) return []
    return others.flatMap(([name, item]) =>
      argument === false
        ? [`${path}.${name} is not expected`]
        : validate(item, argument, `${path}.${name}`, root),
    )
  },
  propertyNames: (value, schema: Schema, path, _, root) =>
    Object.keys(objectOf(value)).flatMap((name) => validate(name, schema, `${path} key`, root)),
  oneOf: (value, schemas: Schema[], path, _, root) => {
    const results = schemas.map((schema) => validate(value, schema, path, root))
    const matching = results.filter((problems) => problems.length === 0).length
    if (matching === 1) return []
    const nearest = results.toSorted((a, b) => a.length - b.length)[0] ?? []
    return [`${path} matches ${matching} alternatives (nearest: ${nearest.slice(0, 3).join('; ')})`]
  },
}

/**
 * Every problem of a value under a schema; empty when it is valid. A keyword that this validator
 * does not know throws, so that nothing is silently unchecked.
 */
export function validate(
  value: unknown,
  schema: Schema,
  path = '$',
  root: Schema = schema,
): string[] {
  return Object.entries(schema).flatMap(([keyword, argument]) => {
    if (ANNOTATIONS.includes(keyword)) return []
    const check = CHECKS[keyword]
    if (check === undefined) throw new Error(`The schema keyword "${keyword}" is not supported.`)
    return check(value, argument as never, path, schema, root)
  })
}

function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed)
  if (typeof schema !== 'object' || schema === null) return schema
  const copy = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, closed(value)]),
  )
  const isOpen = 'properties' in copy && !('additionalProperties' in copy)
  return isOpen ? { ...copy, additionalProperties: false } : copy
}

/** The published schema of `final_summary.json`, with every key that it does not name forbidden. */
export const ourSchema: Schema = closed(
  JSON.parse(
    readFileSync(
      new URL('../../packages/reporting/schema/final_summary.schema.json', import.meta.url),
      'utf8',
    ),
  ),
) as Schema
