/** Most frames of our wrappers between an error and the program's own line, with some to spare. */
const WRAPPER_FRAMES = 10

/**
 * Lets V8 keep as many frames more as our wrappers take up: an error inside of the library must still
 * show the line of the program that led to it.
 * @returns What sets the limit back, unless the program has set one of its own since.
 */
export function makeRoomInStacks(): () => void {
  const before: unknown = Error.stackTraceLimit
  // The program may have switched stacks off, or removed the limit.
  if (typeof before !== 'number' || before <= 0 || !Number.isFinite(before)) return () => {}
  const raised = before + WRAPPER_FRAMES
  Error.stackTraceLimit = raised
  return () => {
    if (Error.stackTraceLimit === raised) Error.stackTraceLimit = before
  }
}
