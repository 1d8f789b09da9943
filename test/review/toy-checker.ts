/**
 * A checker for tests: every function whose name ends in `_bad` is a finding, every `_worse` one with a trace, every `_odd`
 * one is of low confidence in code that has been in use.
 */
import type { CodeChecker, Finding } from '../../src/checkers/checker.ts';

export const toyChecker: CodeChecker = {
  name: 'toy',
  rules: [{ id: 'toy/bad', severity: 'error', summary: 'A function is bad.', source: 'This test.' }],
  audit(program, paths) {
    return paths.flatMap((path) =>
      (program.facts(path)?.functions ?? [])
        .filter(({ name, isPrototype }) => !isPrototype && /_(?:bad|worse|odd)$/.test(name))
        .map(({ name, line, endLine }) =>
          toyFinding({
            path,
            line,
            function: name,
            message: `${name} is bad`,
            fingerprint: name,
            trace: name.endsWith('_worse')
              ? [{ path, line: endLine, function: name, text: 'it ends here' }]
              : [],
            ...(name.endsWith('_odd') ? { confidenceInUse: 'low' as const } : {}),
          }),
        ),
    );
  },
};

function toyFinding(finding: Partial<Finding>): Finding {
  const line = finding.line ?? 1;
  return {
    checker: 'toy',
    rule: 'toy/bad',
    severity: 'error',
    confidence: 'high',
    path: 'mm/x.c',
    line,
    endLine: line,
    function: 'f_bad',
    message: 'f_bad is bad',
    explanation: '',
    fingerprint: 'f_bad',
    trace: [],
    ...finding,
  };
}
