/** The last line of a run, in the plain form that any reader of logs understands: `Tests: 12 passed, 0 failed`. */
export default class ClosingLine {
  onRunComplete(_contexts, { numPassedTests, numFailedTests, numRuntimeErrorTestSuites }) {
    // A suite that could not even be loaded has no tests to fail, and must not look like a success.
    const failed = numFailedTests + numRuntimeErrorTestSuites;
    process.stdout.write(`Tests: ${String(numPassedTests)} passed, ${String(failed)} failed\n`);
  }
}
