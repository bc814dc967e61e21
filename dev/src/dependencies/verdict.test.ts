import { describe, expect, it } from '@jest/globals';
import { verdictOf } from './verdict.ts';

const report = (vulnerabilities: object): string =>
  JSON.stringify({
    auditReportVersion: 2,
    vulnerabilities,
    metadata: { dependencies: { prod: 240, dev: 9 } },
  });
const some = (severity: string) => ({
  name: 'some',
  severity,
  via: [],
  effects: [],
  range: '<1.2.3',
  nodes: [],
});

describe('the report on what is deployed', () => {
  it('is clean without high and critical vulnerabilities; lesser ones are told', () => {
    expect(verdictOf(report({}))).toEqual({
      checked: true,
      clean: true,
      lines: ['240 deployed packages checked: 0 high or critical, 0 lesser'],
    });
    expect(verdictOf(report({ some: some('moderate') }))).toEqual({
      checked: true,
      clean: true,
      lines: ['moderate: some <1.2.3', '240 deployed packages checked: 0 high or critical, 1 lesser'],
    });
  });

  it.each(['high', 'critical'])('is not clean with one that is %s', (severity) => {
    const verdict = verdictOf(report({ some: some(severity), other: some('low') }));
    expect(verdict).toMatchObject({ checked: true, clean: false });
    expect(verdict.lines).toContain(`${severity}: some <1.2.3`);
  });

  it.each([
    ['nothing', ''],
    ['no JSON', 'npm error network'],
    ['an error of the registry', '{"message":"405 Method Not Allowed","error":{"summary":"","detail":""}}'],
    ['severities that it does not know', report({ some: some('apocalyptic') })],
  ])('that is %s is none: it says so, and passes for nothing', (_what, text) => {
    const verdict = verdictOf(text);
    expect(verdict).toMatchObject({ checked: false, clean: false });
    expect(verdict.lines[0]).toMatch(/^NOT CHECKED/u);
  });
});
