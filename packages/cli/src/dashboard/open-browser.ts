import { spawn } from 'node:child_process'

type Environment = Readonly<Record<string, string | undefined>>

/** The program that opens an address, or null where nobody sits at this machine. */
export function browserCommand(
  platform: NodeJS.Platform,
  environment: Environment,
): readonly string[] | null {
  const isRemote = environment['SSH_CONNECTION'] !== undefined || environment['CI'] !== undefined
  if (isRemote) return null
  if (platform === 'darwin') return ['open']
  if (platform === 'win32') return ['explorer.exe']
  const hasScreen =
    environment['DISPLAY'] !== undefined || environment['WAYLAND_DISPLAY'] !== undefined
  return hasScreen ? ['xdg-open'] : null
}

/** Opens an address in the browser of whoever sits here. Never throws, never waits. */
export function openBrowser(url: string): void {
  const [command, ...args] = browserCommand(process.platform, process.env) ?? []
  if (command === undefined) return
  try {
    const child = spawn(command, [...args, url], { detached: true, stdio: 'ignore' })
    // The address was printed: a browser that does not open is no news.
    child.on('error', () => {})
    child.unref()
  } catch {
    // See above.
  }
}
