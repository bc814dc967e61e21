/** Which deployment this is, as the platform that runs it says. */

/** The revision of the Cloud Run service; null where nobody says one. */
export function deployedRevision(): string | null {
  return process.env['K_REVISION'] ?? null;
}
