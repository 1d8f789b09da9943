/** The buttons of a check run. GitHub shows three, with 20 characters of label and 40 of description. */

export interface Button {
  readonly identifier: 'rerun' | 'dismiss' | 'explain';
  readonly label: string;
  readonly description: string;
}

const rerun: Button = {
  identifier: 'rerun',
  label: 'Review again',
  description: 'Reviews this commit again',
};
const explain: Button = {
  identifier: 'explain',
  label: 'Explain',
  description: 'Explains each finding in a comment',
};
const dismiss: Button = {
  identifier: 'dismiss',
  label: 'All false alarms',
  description: 'Dismisses them for this pull request',
};

/** What can be done about a check run that has, or has no, findings. */
export function buttonsOf(hasFindings: boolean): readonly Button[] {
  return hasFindings ? [rerun, explain, dismiss] : [rerun];
}
