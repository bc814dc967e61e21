/** The way back of a dialog: who opened it by keyboard goes on where they were. */
import { useCallback, useRef } from 'react';

interface FocusReturn {
  /** Notes what has the focus. For `onOpenAutoFocus`. */
  readonly keep: () => void;
  /** Gives it the focus again. For `onCloseAutoFocus`. */
  readonly giveBack: (event: Event) => void;
}

/** Does what Radix does for dialogs that are opened by a trigger of theirs. */
export function useFocusReturn(): FocusReturn {
  const before = useRef<Element>(null);
  const keep = useCallback(() => {
    before.current = document.activeElement;
  }, []);
  const giveBack = useCallback((event: Event) => {
    event.preventDefault();
    // Another dialog that has opened meanwhile keeps what it has.
    if (document.activeElement !== null && document.activeElement !== document.body) return;
    // What cannot take the focus, because it is gone or cannot be pressed, leaves it to the next.
    const stands = document.querySelector('[role="dialog"], [role="tab"][aria-selected="true"]');
    for (const element of [before.current, stands]) {
      if (!(element instanceof HTMLElement) || element === document.body) continue;
      element.focus();
      if (document.activeElement === element) return;
    }
  }, []);
  return { keep, giveBack };
}
