/** Live values and work in screens. */
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import type { ActiveCall, Call, CallsRatesOutput, CallState } from '../../../client/src/index.ts';
import { isEarshotError } from '../../../client/src/error.ts';
import { isDeviceFault } from './call/why.ts';
import { usePhone } from './context.ts';

/** The state of a call, at each change. */
export function useCallState(call: ActiveCall): CallState {
  const subscribe = useCallback((listener: () => void) => call.onChange(listener), [call]);
  return useSyncExternalStore(subscribe, () => call.state);
}

/** Prices, and how long a call may be. Undefined until they are known; a call goes on without. */
export function useRates(): CallsRatesOutput | undefined {
  const { earshot } = usePhone();
  const [rates, setRates] = useState<CallsRatesOutput>();
  useEffect(() => {
    earshot.calls.rates().then(setRates, () => undefined);
  }, [earshot]);
  return rates;
}

/** Draws anew every so often, for what changes with time alone. */
export function useTick(everyMs: number): void {
  const [, setTicks] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setTicks((ticks) => ticks + 1), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
}

export interface Work {
  readonly busy: boolean;
  /** What went wrong, in the reader's language. */
  readonly problem: string | undefined;
  readonly run: (work: () => Promise<void>) => void;
  readonly clear: () => void;
}

/**
 * Work that a button starts: one at a time, and what went wrong is shown beside it.
 * @param type of the call that the work is for
 */
export function useWork(type?: Call['type']): Work {
  const explain = useExplain(type);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const run = useCallback(
    (work: () => Promise<void>): void => {
      setBusy(true);
      setProblem(undefined);
      work()
        .catch((fault: unknown) => setProblem(explain(fault)))
        .finally(() => setBusy(false));
    },
    [explain],
  );
  const clear = useCallback(() => setProblem(undefined), []);
  return { busy, problem, run, clear };
}

/** What a fault means for a person. @param type of the call that it happened to */
export function useExplain(type?: Call['type']): (fault: unknown) => string {
  const { t } = useTranslation();
  return useCallback(
    (fault: unknown) => {
      if (isDeviceFault(fault)) return t(type === 'video' ? 'errors.CAMERA' : 'errors.MICROPHONE');
      if (!isEarshotError(fault)) return t('errors.UNKNOWN');
      const values = { ...fault.details, defaultValue: t('errors.UNKNOWN') };
      return t(`errors.${fault.reason}` as 'errors.UNKNOWN', values);
    },
    [t, type],
  );
}
