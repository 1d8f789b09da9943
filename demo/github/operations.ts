/**
 * The operations that the stand-in serves, by GitHub's operation ids, with the permission of the App's installation
 * that each needs. Source: "Permissions required for GitHub Apps" in GitHub's REST documentation. Where two are
 * named, one of them is enough.
 */

type Level = 'read' | 'write';
export type Needed = readonly (readonly [permission: string, level: Level])[];

/** Authenticated as the App itself, by its JSON web token. */
export const APP_OPERATIONS: readonly string[] = [
  'apps/get-authenticated',
  'apps/list-installations',
  'apps/get-installation',
  'apps/get-repo-installation',
  'apps/create-installation-access-token',
  'apps/get-webhook-config-for-app',
  'apps/list-webhook-deliveries',
  'apps/get-webhook-delivery',
  'apps/redeliver-webhook-delivery',
];

/** Authenticated by a user's token. */
export const USER_OPERATIONS: readonly string[] = ['users/get-authenticated'];

/** Authenticated by the App's client id and secret, with Basic. */
export const CLIENT_OPERATIONS: readonly string[] = ['apps/delete-token'];

/** Authenticated by an installation token. */
export const INSTALLATION_OPERATIONS: Readonly<Record<string, Needed>> = {
  'apps/list-repos-accessible-to-installation': [],
  'apps/revoke-installation-access-token': [],
  'rate-limit/get': [],

  'repos/get': [['metadata', 'read']],
  'repos/get-collaborator-permission-level': [['metadata', 'read']],
  'repos/get-branch': [['contents', 'read']],
  'repos/get-commit': [['contents', 'read']],
  'repos/list-commits': [['contents', 'read']],
  'repos/compare-commits-with-basehead': [['contents', 'read']],
  'repos/get-content': [['contents', 'read']],
  'repos/list-pull-requests-associated-with-commit': [
    ['pull_requests', 'read'],
    ['contents', 'read'],
  ],

  'pulls/list': [['pull_requests', 'read']],
  'pulls/get': [['pull_requests', 'read']],
  'pulls/list-files': [['pull_requests', 'read']],
  'pulls/list-commits': [['pull_requests', 'read']],
  'pulls/list-reviews': [['pull_requests', 'read']],
  'pulls/get-review': [['pull_requests', 'read']],
  'pulls/create-review': [['pull_requests', 'write']],
  'pulls/update-review': [['pull_requests', 'write']],
  'pulls/submit-review': [['pull_requests', 'write']],
  'pulls/delete-pending-review': [['pull_requests', 'write']],
  'pulls/list-comments-for-review': [['pull_requests', 'read']],
  'pulls/list-review-comments': [['pull_requests', 'read']],
  'pulls/get-review-comment': [['pull_requests', 'read']],
  'pulls/create-review-comment': [['pull_requests', 'write']],
  'pulls/create-reply-for-review-comment': [['pull_requests', 'write']],
  'pulls/update-review-comment': [['pull_requests', 'write']],
  'pulls/delete-review-comment': [['pull_requests', 'write']],

  'issues/get': [
    ['issues', 'read'],
    ['pull_requests', 'read'],
  ],
  'issues/list-comments': [
    ['issues', 'read'],
    ['pull_requests', 'read'],
  ],
  'issues/get-comment': [
    ['issues', 'read'],
    ['pull_requests', 'read'],
  ],
  'issues/create-comment': [
    ['issues', 'write'],
    ['pull_requests', 'write'],
  ],
  'issues/update-comment': [
    ['issues', 'write'],
    ['pull_requests', 'write'],
  ],
  'issues/delete-comment': [
    ['issues', 'write'],
    ['pull_requests', 'write'],
  ],

  'reactions/list-for-issue-comment': [
    ['issues', 'read'],
    ['pull_requests', 'read'],
  ],
  'reactions/create-for-issue-comment': [
    ['issues', 'write'],
    ['pull_requests', 'write'],
  ],
  'reactions/delete-for-issue-comment': [
    ['issues', 'write'],
    ['pull_requests', 'write'],
  ],
  'reactions/list-for-pull-request-review-comment': [['pull_requests', 'read']],
  'reactions/create-for-pull-request-review-comment': [['pull_requests', 'write']],
  'reactions/delete-for-pull-request-comment': [['pull_requests', 'write']],

  'checks/create': [['checks', 'write']],
  'checks/update': [['checks', 'write']],
  'checks/get': [['checks', 'read']],
  'checks/list-annotations': [['checks', 'read']],
  'checks/list-for-ref': [['checks', 'read']],
  'checks/rerequest-run': [['checks', 'write']],
  'checks/create-suite': [['checks', 'write']],
  'checks/get-suite': [['checks', 'read']],
  'checks/list-for-suite': [['checks', 'read']],
  'checks/list-suites-for-ref': [['checks', 'read']],
  'checks/rerequest-suite': [['checks', 'write']],

  'code-scanning/upload-sarif': [['security_events', 'write']],
  'code-scanning/get-sarif': [['security_events', 'read']],
};

/** Webhooks that are delivered, `event` and `action`, each validated against the description too. */
export const WEBHOOKS: readonly string[] = [
  'ping',
  'push',
  'installation-created',
  'installation-deleted',
  'installation-suspend',
  'installation-unsuspend',
  'installation-new-permissions-accepted',
  'installation-repositories-added',
  'installation-repositories-removed',
  'pull-request-opened',
  'pull-request-synchronize',
  'pull-request-reopened',
  'pull-request-closed',
  'pull-request-edited',
  'pull-request-ready-for-review',
  'pull-request-converted-to-draft',
  'pull-request-labeled',
  'pull-request-unlabeled',
  'pull-request-review-submitted',
  'pull-request-review-comment-created',
  'pull-request-review-comment-edited',
  'pull-request-review-comment-deleted',
  'pull-request-review-thread-resolved',
  'pull-request-review-thread-unresolved',
  'issue-comment-created',
  'issue-comment-edited',
  'issue-comment-deleted',
  'check-run-created',
  'check-run-completed',
  'check-run-rerequested',
  'check-run-requested-action',
  'check-suite-requested',
  'check-suite-rerequested',
  'check-suite-completed',
  'merge-group-checks-requested',
  'merge-group-destroyed',
];
