/** What holds where there is no adjutant.yml. Written out: a review without one need not load the schema. */
import type { Configuration } from './configuration.ts';

const everything = { enabled: true, paths: [], 'ignore-paths': [] };

export const defaultConfiguration: Configuration = {
  checkers: { 'lock-order': everything, 'null-deref': everything, trailers: everything },
  rules: {},
  dismissed: [],
  'fail-on': 'error',
  confidence: 'low',
  'comment-limit': 20,
  trailers: {
    convention: 'mainline',
    known: [],
    required: [],
    forbidden: [],
    prefixes: [],
    'tag-order': 'auto',
    'subject-length': 100,
    'line-length': 120,
  },
  advisory: false,
  'skip-labels': [],
  drafts: 'review',
  'on-error': 'failure',
  'upload-sarif': false,
};
