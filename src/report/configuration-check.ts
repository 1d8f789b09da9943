/** What a check run says of a configuration that the change itself edits. */
import { CONFIGURATION_PATH } from '../config/configuration-path.ts';
import type { CheckRunOutput } from './github.ts';
import { codeSpan, markdownText } from './markdown-text.ts';
import { plural } from './verdict.ts';
import { visibleLine } from './visible.ts';

export interface ConfigurationProblem {
  /** 1-based. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/**
 * Adds what is wrong with the changed configuration: a file that nobody can read must not get in unseen.
 * @param annotate one check run of a head has the annotations
 * @param advisory nothing fails a check here
 */
export function withConfigurationCheck(
  output: CheckRunOutput,
  problems: readonly ConfigurationProblem[],
  { annotate, advisory }: { readonly annotate: boolean; readonly advisory: boolean },
): CheckRunOutput {
  const name = codeSpan(CONFIGURATION_PATH);
  if (problems.length === 0) {
    const note = `The changed ${name} is valid. It holds once it is merged; until then that of the base branch does.`;
    return { ...output, summary: `${note}\n\n${output.summary}` };
  }
  const list = problems.map(
    ({ line, column, message }) => `- line ${line}, column ${column}: ${markdownText(message)}`,
  );
  const note = `### The changed ${name} is not valid\n\n${list.join('\n')}\n\nThat of the base branch is in force.`;
  const annotations = problems.map(({ line, column, message }) => ({
    path: CONFIGURATION_PATH,
    start_line: line,
    end_line: line,
    start_column: column,
    end_column: column,
    annotation_level: 'failure' as const,
    title: 'configuration',
    message: visibleLine(message),
  }));
  return {
    conclusion: advisory ? output.conclusion : 'failure',
    title: `${output.title}; ${plural(problems.length, 'error')} in the changed configuration`,
    summary: `${note}\n\n${output.summary}`,
    annotations: annotate ? [...annotations, ...output.annotations] : output.annotations,
  };
}
