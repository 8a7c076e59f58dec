/** Prints one line where the developer of the page looks. */
export function warnInConsole(message: string): void {
  // biome-ignore lint/suspicious/noConsole: a page has no other place for its developer.
  console.warn(`[traceml] ${message}`)
}
