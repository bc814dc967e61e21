/** What can happen, to the model and to the real thing alike. After each command both must show the same. */
import fc, { type AsyncCommand } from 'fast-check';
import type { Ending, Model, Talk, Who } from './model.ts';
import { CALLERS, LISTENERS, PEOPLE, type Real } from './real.ts';

type Command = AsyncCommand<Model, Real>;

/** One happening: what both answer must be equal. */
interface Happening {
  readonly told: string;
  /** Seconds that pass before, in which no timer runs. */
  readonly lateSec?: number;
  readonly needsCall?: boolean;
  run(model: Model, real: Real): Promise<void> | void;
}

/** A command of fast-check that runs a happening, lets the timers run that are due, and compares. */
function command(happening: Happening): Command {
  return {
    check: (model) => happening.needsCall !== true || model.talks.length > 0,
    run: async (model, real) => {
      pass(model, real, happening.lateSec ?? 0);
      await happening.run(model, real);
      await runTimers(model, real, model.nowSec);
      compare(model, real);
    },
    toString: () =>
      `${happening.told}${happening.lateSec ? ` after ${happening.lateSec} s without timers` : ''}`,
  };
}

function pass(model: Model, real: Real, seconds: number): void {
  model.nowSec += seconds;
  real.nowSec = model.nowSec;
}

/** Runs what comes due up to a moment, in order. The model says when; the real deadline must be the same. */
async function runTimers(model: Model, real: Real, untilSec: number): Promise<void> {
  for (;;) {
    const deadlines = model.talks.map((talk) => model.deadline(talk));
    const nextSec = Math.min(...deadlines);
    if (nextSec > untilSec) break;
    const index = deadlines.indexOf(nextSec);
    const talk = model.talks[index];
    if (talk === undefined) break;
    equal(`the deadline of call ${index}`, real.deadlineSec(index), nextSec);
    pass(model, real, Math.max(0, nextSec - model.nowSec));
    model.due(talk);
    await real.deadline(index);
  }
  pass(model, real, untilSec - model.nowSec);
}

function equal(what: string, real: unknown, model: unknown): void {
  const [found, expected] = [JSON.stringify(real), JSON.stringify(model)];
  if (found !== expected) throw new Error(`${what} is ${found}, by the model ${expected}`);
}

function compare(model: Model, real: Real): void {
  for (const uid of PEOPLE) {
    const { available, held, bonus, purchased, spent, payable, promotional, call } = model.purse(uid);
    const { coins, earnings, openCallId } = real.wallet(uid);
    equal(`the coins of ${uid}`, { ...coins }, { available, held, bonus, purchased, spent });
    const earned = [earnings.available, earnings.promotional, earnings.total];
    equal(`the earnings of ${uid}`, earned, [payable, promotional, payable + promotional]);
    equal(`whether ${uid} is in a call`, openCallId !== null, call !== undefined);
  }
  equal('the number of calls', real.callCount, model.talks.length);
  for (const [index, talk] of model.talks.entries()) compareCall(index, talk, real);
  equal('what went wrong', real.errors, []);
}

function compareCall(index: number, talk: Talk, real: Real): void {
  const { state, endReason, grantedMinutes, billedMinutes } = real.call(index);
  const found = [state, endReason, grantedMinutes, billedMinutes];
  equal(`call ${index}`, found, [talk.state, talk.reason, talk.minutes, talk.billed]);
}

/** Mostly the newest call, now and then one before it. */
function pick(model: Model, back: number): [index: number, talk: Talk] {
  const index = Math.max(0, model.talks.length - 1 - back);
  const talk = model.talks[index];
  if (talk === undefined) throw new Error('there is no call yet');
  return [index, talk];
}

const back = fc.constantFrom(0, 0, 0, 1, 2);
const who = fc.constantFrom<Who>('caller', 'callee');
const person = fc.constantFrom(...PEOPLE);
const coins = fc.constantFrom(3, 5, 10, 25, 40, 100, 300);
/** Few, so that some are used again. */
const request = fc.integer({ min: 1, max: 12 });
/** Around the deadlines of 30, 60 and 120 s, and anywhere. */
const seconds = fc.oneof(fc.constantFrom(1, 9, 10, 29, 30, 31, 59, 60, 61, 119, 120, 121), fc.nat(500));
const lateSec = fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: seconds });

const recharge = fc
  .record({ uid: person, coins, key: request })
  .map(({ uid, coins: bought, key }): Happening => ({
    told: `${uid} buys ${bought} (${key})`,
    run: async (model, real) => {
      const paid = `purchase-${key}`;
      equal(
        'a purchase',
        await real.credit(uid, 'purchase', bought, paid),
        model.credit(uid, 'purchase', bought, `${uid} ${paid}`),
      );
    },
  }));

const gift = fc.record({ uid: person, coins, key: request }).map(({ uid, coins: given, key }): Happening => ({
  told: `${uid} is given ${given} (${key})`,
  run: async (model, real) => {
    const bonus = `bonus-${key}`;
    equal(
      'a gift',
      await real.credit(uid, 'bonus', given, bonus),
      model.credit(uid, 'bonus', given, `${uid} ${bonus}`),
    );
  },
}));

const adjust = fc
  .record({ uid: person, coins, sign: fc.constantFrom(1, -1), key: request })
  .map(({ uid, coins: amount, sign, key }): Happening => ({
    told: `an operator changes ${uid} by ${sign * amount} (${key})`,
    run: async (model, real) => {
      const found = await real.adjust(uid, sign * amount, String(key));
      equal('an adjustment', found, model.credit(uid, 'adjust', sign * amount, `adjust-${key}`));
    },
  }));

const price = fc
  .record({ rate: fc.constantFrom(3, 10, 10, 25), earned: fc.constantFrom(0, 7, 15) })
  .map(({ rate, earned }): Happening => ({
    told: `the price becomes ${rate}, the earning ${earned}`,
    run: (model, real) => {
      Object.assign(model, { rate, earnedPerMinute: earned });
      real.price(rate, earned);
    },
  }));

const start = fc
  .record({ caller: fc.constantFrom(...CALLERS), callee: fc.constantFrom(...LISTENERS), key: request })
  .map(({ caller, callee, key }): Happening => ({
    told: `${caller} calls ${callee} (${key})`,
    run: async (model, real) => {
      equal(
        'a start',
        await real.start(caller, callee, String(key)),
        model.start(caller, callee, String(key)),
      );
    },
  }));

const accept = fc.record({ back, lateSec }).map((asked): Happening => ({
  told: 'the callee accepts',
  lateSec: asked.lateSec,
  needsCall: true,
  run: async (model, real) => {
    const [index, talk] = pick(model, asked.back);
    equal('an accept', await real.accept(index), model.accept(talk));
  },
}));

const join = fc.record({ back, who, lateSec }).map((asked): Happening => ({
  told: `the ${asked.who} joins`,
  lateSec: asked.lateSec,
  needsCall: true,
  run: async (model, real) => {
    const [index, talk] = pick(model, asked.back);
    equal('a join', await real.join(index, asked.who), model.join(talk, asked.who));
  },
}));

const token = fc.record({ back, who, lateSec }).map((asked): Happening => ({
  told: `the ${asked.who} asks for a token`,
  lateSec: asked.lateSec,
  needsCall: true,
  run: async (model, real) => {
    const [index, talk] = pick(model, asked.back);
    equal('a token', await real.token(index, asked.who), model.token(talk));
  },
}));

const how = fc.constantFrom<Ending>('end', 'end', 'end', 'reject', 'cancel', 'emergencyEnd', 'adminEnd');
const end = fc.record({ back, how, who, lateSec }).map((asked): Happening => ({
  told: `${asked.how} by the ${asked.who}`,
  lateSec: asked.lateSec,
  needsCall: true,
  run: async (model, real) => {
    const [index, talk] = pick(model, asked.back);
    equal('an end', await real.end(index, asked.how, asked.who), model.end(talk, asked.how, asked.who));
  },
}));

const wait = seconds.map((passing): Happening => ({
  told: `${passing} s pass`,
  run: async (model, real) => await runTimers(model, real, model.nowSec + passing),
}));

const late = seconds.map((passing): Happening => ({
  told: 'the timers run',
  lateSec: passing,
  run: () => undefined,
}));

/** Longer than a beat may be old. */
const SILENT_SEC = 61;
const lost = fc.record({ back, who }).map((asked): Happening => ({
  told: `the ${asked.who} vanishes`,
  needsCall: true,
  run: async (model, real) => {
    const [index, talk] = pick(model, asked.back);
    const sinceSec = model.nowSec;
    await runTimers(model, real, sinceSec + SILENT_SEC);
    model.lost(talk, sinceSec);
    await real.sweepLost(index, asked.who, sinceSec);
  },
}));

/** What would take five commands in a row, so that most sequences come to the part that is paid for. */
const connect = fc
  .record({ caller: fc.constantFrom(...CALLERS), callee: fc.constantFrom(...LISTENERS), bought: coins })
  .map(({ caller, callee, bought }): Happening => ({
    told: `${caller} buys ${bought} and reaches ${callee}`,
    run: async (model, real) => {
      const key = `reached ${model.nowSec} ${real.callCount}`;
      const paid = await real.credit(caller, 'purchase', bought, key);
      equal('a purchase', paid, model.credit(caller, 'purchase', bought, `${caller} ${key}`));
      const said = await real.start(caller, callee, key);
      equal('a start', said, model.start(caller, callee, key));
      if (said !== 'done') return;
      const [index, talk] = pick(model, 0);
      equal('an accept', await real.accept(index), model.accept(talk));
      equal('a join', await real.join(index, 'caller'), model.join(talk, 'caller'));
      equal('a join', await real.join(index, 'callee'), model.join(talk, 'callee'));
    },
  }));

/** Those that stand twice are drawn twice as often. */
const money = [recharge, gift, adjust, price];
const course = [start, accept, join, token, connect, connect];
const endings = [end, end, wait, wait, late, lost];

/** @param most the longest sequence */
export function sequences(most: number) {
  const commands = [...money, ...course, ...endings].map((happening) => happening.map(command));
  return fc.commands(commands, { maxCommands: most, size: 'max' });
}
