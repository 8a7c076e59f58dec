/**
 * Equal for equal parameters, on every rank and in every client: MD5 of `name:bytes` joined by `|`,
 * names sorted, layers without parameters left out. Null where this build of Node has no MD5.
 */
export function modelSignature(
  layers: readonly string[],
  layerBytes: readonly number[],
): string | null {
  const text = layers
    .map((name, index) => ({ name, bytes: Math.trunc(layerBytes[index] ?? 0) }))
    .filter(({ bytes }) => bytes > 0)
    .toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
    .map(({ name, bytes }) => `${name}:${bytes}`)
    .join('|')
  try {
    // Not imported: a training that is not profiled by layer never loads it.
    return process.getBuiltinModule('node:crypto').createHash('md5').update(text).digest('hex')
  } catch {
    return null
  }
}
