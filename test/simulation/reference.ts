/**
 * What a call must come to, worked out a second time from what happened around it: between which instants it can have
 * begun and ended. Nothing here looks at the joins, tracks or evidence that the call has kept of itself.
 *
 * The instants are ranges, because a request counts at some moment while it runs, and one that died may have counted.
 */
import type { Call, Party } from '../../functions/src/calls/documents.ts';
import type { CallScript, Claim, Notice } from './script.ts';

interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

const PARTIES = ['caller', 'callee'] as const;
/** Beats come every 25 s, so the last sign of somebody may be this much older than their silence. */
const BEAT_MS = 25_000;

/** One sign that a party has come, with the instants that it can stand for. */
interface Sign {
  readonly askedMs: number;
  readonly doneMs: number;
  readonly value: Range;
}

/** @returns what is wrong with when and how an ended call was begun and ended; undefined when all is well */
export function timingProblem(call: Call, script: CallScript): string | undefined {
  const endedMs = script.endCommitMs;
  if (endedMs === undefined || call.endedAt === null || call.acceptedAt === null) return undefined;
  const signs = { caller: signsOf('caller', call, script), callee: signsOf('callee', call, script) };
  if (call.connectedAt === null) return missedConnection(signs, call, endedMs);
  return (
    beginningProblem(call, script, signs) ??
    endProblem(call, script, endedMs) ??
    minutesProblem(call, script, signs)
  );
}

function signsOf(by: Party, call: Call, { claims, notices }: CallScript): Sign[] {
  const acceptedMs = call.acceptedAt?.getTime() ?? 0;
  const own = notices.filter(({ told }) => told.by === by);
  const ofClaim = ({ askedMs, doneMs = Infinity }: Claim): Sign => ({
    askedMs,
    doneMs,
    value: { fromMs: askedMs, toMs: doneMs },
  });
  const ofNotice = (notice: Notice): Sign => {
    const { told, askedMs, doneMs = Infinity } = notice;
    const cameMs = told.at.getTime() - (told.event === 'leave' ? (told.staySec ?? 0) * 1000 : 0);
    const atMs = Math.max(acceptedMs, cameMs);
    // What a newer one has overtaken is passed over, and a leave says nothing of somebody who is known to have come.
    const certain =
      !isOvertaken(notice, own) && (told.event === 'join' || own.every((other) => other === notice));
    return {
      askedMs,
      doneMs: certain ? doneMs : Infinity,
      value: { fromMs: atMs, toMs: certain ? atMs : Infinity },
    };
  };
  return [...claims.filter((claim) => claim.by === by).map(ofClaim), ...own.map(ofNotice)];
}

function isOvertaken({ told, doneMs = Infinity }: Notice, own: readonly Notice[]): boolean {
  return own.some((other) => other.told.seq > told.seq && other.askedMs <= doneMs);
}

type Signs = Readonly<Record<Party, readonly Sign[]>>;

/** When it was certain that a party had come. */
const certainMs = (signs: readonly Sign[]): number =>
  Math.min(Infinity, ...signs.map(({ doneMs }) => doneMs));

/** Both were there in time, and the paid time never began: free minutes. */
function missedConnection(signs: Signs, call: Call, endedMs: number): string | undefined {
  const bothMs = Math.max(...PARTIES.map((by) => certainMs(signs[by])));
  const dueMs = (call.acceptedAt?.getTime() ?? 0) + call.terms.connectSec * 1000;
  if (bothMs >= Math.min(endedMs, dueMs)) return undefined;
  return `both had certainly come ${(endedMs - bothMs) / 1000} s before its end, and it was never connected`;
}

function connectedRange({ connectCommitMs = Infinity }: CallScript, signs: Signs): Range {
  const ranges = PARTIES.map((by) => joinedRange(signs[by], connectCommitMs));
  return {
    fromMs: Math.max(...ranges.map(({ fromMs }) => fromMs)),
    toMs: Math.max(...ranges.map(({ toMs }) => toMs)),
  };
}

function joinedRange(signs: readonly Sign[], connectMs: number): Range {
  const begun = signs.filter(({ askedMs }) => askedMs <= connectMs);
  const certain = begun.filter(({ doneMs }) => doneMs <= connectMs);
  const latest = (some: readonly Sign[], pick: 'min' | 'max'): number =>
    Math.min(connectMs, Math[pick](...some.map(({ value }) => value.toMs)));
  return {
    fromMs: Math.min(Infinity, ...begun.map(({ value }) => value.fromMs)),
    toMs: certain.length > 0 ? latest(certain, 'min') : latest(begun, 'max'),
  };
}

function beginningProblem(call: Call, script: CallScript, signs: Signs): string | undefined {
  const connectedMs = call.connectedAt?.getTime() ?? 0;
  const { fromMs, toMs } = connectedRange(script, signs);
  if (connectedMs < fromMs)
    return `was paid for from ${(fromMs - connectedMs) / 1000} s before both had come`;
  if (connectedMs > toMs) return `was paid for from ${(connectedMs - toMs) / 1000} s after both had come`;
  const bothMs = Math.max(...PARTIES.map((by) => certainMs(signs[by])));
  const lateMs = (script.connectCommitMs ?? Infinity) - bothMs;
  return lateMs > 0 ? `was connected ${lateMs / 1000} s after both had certainly come` : undefined;
}

/** A leave that somebody was awaited after. */
interface Absence {
  readonly atMs: number;
  /** Whether it was certainly known before the end, and no return was told. */
  readonly certain: boolean;
}

/** Who had gone for longer than a moment, as far as the notices tell. */
function absences(call: Call, { notices }: CallScript, endedMs: number): Absence[] {
  const acceptedMs = call.acceptedAt?.getTime() ?? 0;
  const waitMs = call.terms.rejoinSec * 1000;
  return PARTIES.flatMap((by) => {
    const told = notices.filter((notice) => notice.told.by === by && notice.askedMs <= endedMs);
    const leaves = told.filter(({ told: { event, passing } }) => event === 'leave' && passing !== true);
    return leaves.flatMap((leave) => {
      const atMs = Math.max(acceptedMs, leave.told.at.getTime());
      const later = told.filter((other) => other.told.seq > leave.told.seq);
      const returned = later.some(
        (other) =>
          other.told.event === 'join' &&
          (other.doneMs ?? Infinity) <= endedMs &&
          !isOvertaken(other, told) &&
          other.told.at.getTime() <= atMs + waitMs,
      );
      if (returned) return [];
      return [{ atMs, certain: later.length === 0 && (leave.doneMs ?? Infinity) <= endedMs }];
    });
  });
}

function endProblem(call: Call, script: CallScript, endCommitMs: number): string | undefined {
  const endedMs = call.endedAt?.getTime() ?? 0;
  const { fromMs, toMs } = endRange(call, script, endCommitMs);
  if (fromMs === Infinity) return `ended as ${call.endReason ?? ''} without any cause`;
  if (endedMs < fromMs) return `was paid for until ${(fromMs - endedMs) / 1000} s before its end`;
  if (endedMs > toMs) return `was paid for until ${(endedMs - toMs) / 1000} s after its end`;
  return undefined;
}

/** Between which instants the paid time ended. */
function endRange(call: Call, script: CallScript, endCommitMs: number): Range {
  const grantedMs = call.grantedUntil?.getTime() ?? Infinity;
  const connectedMs = call.connectedAt?.getTime() ?? 0;
  const inPaid = (atMs: number): number => Math.max(connectedMs, Math.min(atMs, grantedMs));
  const gone = absences(call, script, endCommitMs);
  const cause = causeRange(call, script, { gone, grantedMs, endCommitMs });
  const range = {
    fromMs: cause.fromMs === Infinity ? Infinity : inPaid(cause.fromMs),
    toMs: inPaid(cause.toMs),
  };
  // Nobody pays for the time after somebody has certainly gone for good.
  const waitMs = call.terms.rejoinSec * 1000;
  const bySystem = call.endedBy === 'system';
  const cuts = gone
    .filter(({ certain, atMs }) => certain && atMs < grantedMs)
    .filter(({ atMs }) => range.fromMs > atMs + waitMs || (bySystem && call.endReason !== 'connection_lost'))
    .map(({ atMs }) => inPaid(atMs));
  return { fromMs: Math.min(range.fromMs, ...cuts), toMs: Math.min(range.toMs, ...cuts) };
}

interface EndFacts {
  readonly gone: readonly Absence[];
  readonly grantedMs: number;
  readonly endCommitMs: number;
}

function causeRange(
  call: Call,
  { ends, silent: silences }: CallScript,
  { gone, grantedMs, endCommitMs }: EndFacts,
): Range {
  if (call.endedBy !== 'system') {
    const asked = ends.filter(({ by, askedMs }) => by === call.endedBy && askedMs <= endCommitMs);
    return { fromMs: Math.min(Infinity, ...asked.map(({ askedMs }) => askedMs)), toMs: endCommitMs };
  }
  if (call.endReason !== 'connection_lost') return { fromMs: grantedMs, toMs: grantedMs };
  const silent = PARTIES.flatMap((by) => silences[by] ?? []).filter(({ sinceMs }) => sinceMs <= endCommitMs);
  const froms = [...silent.map(({ sinceMs }) => sinceMs - BEAT_MS), ...gone.map(({ atMs }) => atMs)];
  const tos = [...silent.map(({ lastMs }) => lastMs), ...gone.map(({ atMs }) => atMs)];
  // A call that could have gone on and that nobody extended ends with its grant.
  const unextended = endCommitMs > grantedMs ? [grantedMs] : [];
  return { fromMs: Math.min(Infinity, ...froms, ...unextended), toMs: Math.max(0, ...tos, ...unextended) };
}

function minutesProblem(call: Call, script: CallScript, signs: Signs): string | undefined {
  const connected = connectedRange(script, signs);
  const ended = endRange(call, script, script.endCommitMs ?? Infinity);
  const least = minutes(call, ended.fromMs - connected.toMs);
  const most = minutes(call, ended.toMs - connected.fromMs);
  const billed = call.billedMinutes ?? 0;
  if (least <= billed && billed <= most) return undefined;
  return `was billed ${billed} minutes; what happened comes to ${least} to ${most}`;
}

/** Every begun minute counts, from the free seconds on. */
function minutes(call: Call, durationMs: number): number {
  const wholeSec = Math.floor(Math.max(0, durationMs) / 1000);
  return wholeSec < call.terms.freeSec ? 0 : Math.ceil(wholeSec / 60);
}
