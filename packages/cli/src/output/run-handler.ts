import { describeFailure } from './failure.js'
import { writeStderr } from './streams.js'

/** Runs a command; a failure becomes one sentence on stderr and its exit code. */
export async function runHandler(command: () => Promise<number>): Promise<number> {
  try {
    return await command()
  } catch (error) {
    const failure = describeFailure(error)
    await writeStderr(`traceml: ${failure.text}\n`)
    return failure.exitCode
  }
}
