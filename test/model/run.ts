/**
 * `node test/model/run.ts [--sequences N] [--seed S] [--model right|forgetful|lenient|openhanded]`
 * Compares the real use cases with a model. Prints how the calls ended, or the shortest sequence in which they differ and
 * exits with 1. A process of its own: the test runner's global objects make everything several times as slow.
 */
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { sequences } from './commands.ts';
import { Model } from './model.ts';
import { PEOPLE, Real } from './real.ts';
import { Forgetful, Lenient, Openhanded } from './wrongModels.ts';

const MOST_COMMANDS = 60;

const MODELS: Readonly<Record<string, new (people: readonly string[]) => Model>> = {
  right: Model,
  forgetful: Forgetful,
  lenient: Lenient,
  openhanded: Openhanded,
};

const option = { type: 'string' } as const;
const { values } = parseArgs({ options: { sequences: option, seed: option, model: option } });
const Told = MODELS[values.model ?? 'right'];
if (Told === undefined) throw new Error(`there is no model "${values.model}"`);
const numRuns = Number(values.sequences ?? 2000);

const reached: Record<string, number> = {};
const property = fc.asyncProperty(sequences(MOST_COMMANDS), async (commands) => {
  const model = new Told(PEOPLE);
  await fc.asyncModelRun(() => ({ model, real: new Real() }), commands);
  for (const { reason } of model.talks) if (reason !== null) reached[reason] = (reached[reason] ?? 0) + 1;
});

// Refusals are common, and nobody reads their stacks here.
Error.stackTraceLimit = 0;
const result = await fc.check(property, {
  numRuns,
  ...(values.seed !== undefined && { seed: Number(values.seed) }),
});
if (result.failed) {
  console.log(fc.defaultReportMessage(result));
  const { errorInstance } = result;
  if (errorInstance instanceof Error) console.log(errorInstance.message);
  console.log(`replay: node test/model/run.ts --seed=${result.seed} --sequences ${numRuns}`);
  process.exitCode = 1;
} else {
  console.log(JSON.stringify({ seed: result.seed, sequences: result.numRuns, reached }));
}
