/**
 * What Google charges, in micro-dollars (a millionth of a dollar): list prices of one region of the first tier
 * (us-central1), without the free tier, as docs/performance.md cites them. The only place that knows a price.
 */
export const PRICES = {
  /** Firestore, Standard edition, a document. */
  readMicros: 0.3,
  writeMicros: 0.9,
  deleteMicros: 0.1,
  /** Cloud Run functions, billed by request. */
  vcpuSecMicros: 24,
  gibSecMicros: 2.5,
  requestMicros: 0.4,
  /** Cloud Tasks: an API call, or an attempt to deliver. */
  taskOpMicros: 0.4,
} as const;

/** What one invocation is taken to use: nobody shares its instance while it runs. An upper bound. */
export const INVOCATION = { seconds: 0.2, vcpus: 1, gib: 0.25 } as const;

/** What something used. */
export interface Usage {
  readonly invocations: number;
  /** Documents that functions read; those of settings are shared by all calls of an instance and not among them. */
  readonly reads: number;
  readonly writes: number;
  readonly deletes: number;
  readonly taskOps: number;
  /** Documents that clients write themselves: beats. */
  readonly clientWrites: number;
  /** Documents that the clients' listeners are charged for, those that the rules look up included. */
  readonly listenerReads: number;
}

/** What something costs, in micro-dollars. */
export interface Price {
  readonly computeMicros: number;
  readonly requestsMicros: number;
  readonly firestoreMicros: number;
  readonly tasksMicros: number;
  readonly clientsMicros: number;
  readonly totalMicros: number;
}

/** @returns the price of a use, part by part */
export function priceOf(usage: Usage): Price {
  const { invocations, reads, writes, deletes, taskOps, clientWrites, listenerReads } = usage;
  const { seconds, vcpus, gib } = INVOCATION;
  const computeMicros = invocations * seconds * (vcpus * PRICES.vcpuSecMicros + gib * PRICES.gibSecMicros);
  const requestsMicros = invocations * PRICES.requestMicros;
  const firestoreMicros =
    reads * PRICES.readMicros + writes * PRICES.writeMicros + deletes * PRICES.deleteMicros;
  const tasksMicros = taskOps * PRICES.taskOpMicros;
  const clientsMicros = clientWrites * PRICES.writeMicros + listenerReads * PRICES.readMicros;
  const totalMicros = computeMicros + requestsMicros + firestoreMicros + tasksMicros + clientsMicros;
  return { computeMicros, requestsMicros, firestoreMicros, tasksMicros, clientsMicros, totalMicros };
}

/** The most that a call of ten minutes may cost: $0.00020. */
export const CALL_LIMIT_MICROS = 200;

/**
 * The design that charges every minute, for comparison: a callable each minute (2 reads, 3 writes), a beat through a
 * callable every 30 s of both (1 write), a start and an end (5 reads, 9 writes), and the wallet and the call change every
 * minute under the eyes of both clients.
 */
export const NAIVE_CALL: Usage = {
  invocations: 10 + 40 + 2,
  reads: 10 * 2 + 5,
  writes: 10 * 3 + 40 + 9,
  deletes: 0,
  taskOps: 0,
  clientWrites: 0,
  listenerReads: 30,
};
