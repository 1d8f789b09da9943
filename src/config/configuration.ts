/** The repository's configuration, `.github/adjutant.yml`: its shape, its defaults, and what each key means. */
import { z } from 'zod';

const severity = z.enum(['error', 'warning', 'note']);
const paths = z
  .array(z.string().min(1).max(300))
  .max(500)
  .describe('Globs from the root of the tree: `drivers/net/**`, `mm/*.c`.');

const checker = z.strictObject({
  enabled: z.boolean().default(true).describe('Off: the checker is not run and its check run says so.'),
  'fail-on': z
    .enum(['error', 'warning', 'note', 'never'])
    .optional()
    .describe('Overrides the `fail-on` of the whole file for this checker.'),
  paths: paths.default([]).describe('Only these files. Empty: all.'),
  'ignore-paths': paths.default([]).describe('Never these files.'),
});

/** Those that always have a check run, and `others`, which have one where they are named here or have found something. */
const checkersOf = (others: readonly string[]) =>
  z.strictObject({
    ...Object.fromEntries(
      others.map((name) => [
        name,
        checker.optional().describe('Named here, the checker has a check run of its own at every head.'),
      ]),
    ),
    'lock-order': checker.prefault({}),
    'null-deref': checker.prefault({}),
    trailers: checker.prefault({}),
  });

const tag = z.string().regex(/^[A-Za-z][A-Za-z-]*$/);

const trailers = z.strictObject({
  convention: z
    .enum(['mainline', 'stable', 'distribution'])
    .default('mainline')
    .describe('Whose rules for sign-offs, Fixes and cherry-pick lines hold here.'),
  upstream: z
    .string()
    .max(200)
    .regex(/^\w[\w./-]*$/, 'a branch or tag is wanted')
    .optional()
    .describe(
      'Branch or tag of this repository that backports are taken from: `linus/master`. Without it nothing is compared.',
    ),
  known: z
    .array(tag)
    .default([])
    .describe("Trailers that are in use here besides the kernel's own: `[Bug, Upstream-Status]`."),
  required: z
    .array(tag)
    .default([])
    .describe('Trailers that every commit must carry besides Signed-off-by: `[Bug, Upstream-Status]`.'),
  forbidden: z.array(tag).default([]).describe('Trailers that no commit may carry: `[Change-Id]`.'),
  prefixes: z
    .array(z.string().min(1).max(100))
    .default([])
    .describe(
      'Subject prefixes that are in use here: `[net, "drm/i915"]`. Empty: learned from the history of the files.',
    ),
  'tag-order': z
    .enum(['auto', 'tip', 'off'])
    .default('auto')
    .describe(
      'Order of tags: that of the tip tree for its own subjects (`auto`), for all (`tip`), or none (`off`).',
    ),
  'subject-length': z.int().min(20).max(1000).default(100).describe('Characters of a subject, at most.'),
  'line-length': z.int().min(20).max(1000).default(120).describe('Characters of a line of text, at most.'),
});

/** The shape of the file; `checkers` are the names of all checkers of code. */
export const configurationSchema = (checkers: readonly string[]) =>
  z.strictObject({
    checkers: checkersOf(checkers).prefault({}).describe('The checkers.'),
    rules: z
      .record(
        z.string().regex(/^[a-z-]+\/[a-z0-9-]+$/, 'a rule id is written checker/rule'),
        z.union([z.literal('off'), severity]),
      )
      .default({})
      .describe(
        'A rule by its id: `off`, or the severity that it has here. `null-deref/known-null: warning`.',
      ),
    dismissed: z
      .array(
        z.strictObject({
          finding: z
            .string()
            .regex(
              /^[0-9a-f]{20,64}$/,
              'the whole ID of a finding is wanted, as `/dismiss … --always` gives it',
            ),
          reason: z.string().min(1).max(500),
        }),
      )
      .max(1000)
      .default([])
      .describe('Findings that are known and accepted here: they are not reported.'),
    'fail-on': z
      .enum(['error', 'warning', 'note', 'never'])
      .default('error')
      .describe('The lowest severity that makes a check run fail.'),
    confidence: z
      .enum(['high', 'medium', 'low'])
      .default('low')
      .describe('The lowest confidence that is reported. Low confidence never gets an inline comment.'),
    'comment-limit': z
      .int()
      .min(0)
      .max(40)
      .default(20)
      .describe('Inline comments of one push, at most. GitHub refuses reviews with many more.'),
    trailers: trailers.prefault({}).describe('What commit messages must look like here.'),
    advisory: z.boolean().default(false).describe('Findings never make a check run fail.'),
    'skip-labels': z
      .array(z.string().min(1).max(100))
      .default([])
      .describe('A pull request with one of these labels is not reviewed.'),
    drafts: z.enum(['review', 'skip']).default('review').describe('What to do with draft pull requests.'),
    'on-error': z
      .enum(['failure', 'neutral'])
      .default('failure')
      .describe(
        'How a check run ends when the review could not be completed. `neutral` passes a required check.',
      ),
    'upload-sarif': z.boolean().default(false).describe('Send the findings to code scanning too.'),
  });

type Shape = z.infer<ReturnType<typeof configurationSchema>>;
type Checkers = Shape['checkers'] & Readonly<Record<string, z.infer<typeof checker> | undefined>>;

export type Configuration = Omit<Shape, 'checkers'> & { readonly checkers: Checkers };
