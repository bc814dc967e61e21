/**
 * The last line of a run, in the plain form that any reader of logs understands: `Tests: 12 passed, 0 failed`. Of a run
 * that is one of several the numbers go to a file, for whoever adds them up.
 */
import { writeFileSync } from 'node:fs';

export default class ClosingLine {
  onRunComplete(_contexts, { numPassedTests, numFailedTests, numRuntimeErrorTestSuites }) {
    // A suite that could not even be loaded has no tests to fail, and must not look like a success.
    const failed = numFailedTests + numRuntimeErrorTestSuites;
    const file = process.env['EARSHOT_TEST_COUNTS'];
    if (file !== undefined) writeFileSync(file, JSON.stringify({ passed: numPassedTests, failed }));
    else process.stdout.write(`Tests: ${String(numPassedTests)} passed, ${String(failed)} failed\n`);
  }
}
