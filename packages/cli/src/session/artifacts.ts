import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { SessionFolder } from './session-folder.js'

/** Files of a session that exist, by the names that manifests use. */
export function existingArtifacts(folder: SessionFolder): Readonly<Record<string, string>> {
  const candidates = {
    db: folder.databasePath,
    summary_card_json: `${folder.databasePath}_summary_card.json`,
    summary_card_txt: `${folder.databasePath}_summary_card.txt`,
    final_summary_json: join(folder.path, 'final_summary.json'),
    final_summary_txt: join(folder.path, 'final_summary.txt'),
    final_summary_html: join(folder.path, 'final_summary.html'),
  }
  return Object.fromEntries(Object.entries(candidates).filter(([, path]) => existsSync(path)))
}
