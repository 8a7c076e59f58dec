/**
 * Path of a layer: its name after that of the layer it belongs to, if any. A name is one part: it
 * holds no dot, and nothing that breaks a line.
 */
export function joinPath(outerPath: string | null, name: string): string {
  const part = name.replaceAll('.', '_').replaceAll(/\s+/g, ' ').trim() || 'layer'
  return outerPath === null ? part : `${outerPath}.${part}`
}
