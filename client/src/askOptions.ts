/** How one operation is asked, for whoever does not want the usual. */
export interface AskOptions {
  /** How long one try may take, in milliseconds; 20 000 by default, because the first request to a function is slow. */
  readonly timeoutMs?: number | undefined;
  /** How often it is tried in all when no answer comes; 4 by default, 1 for no retries. */
  readonly attempts?: number | undefined;
}
