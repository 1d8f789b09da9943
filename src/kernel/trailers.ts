/**
 * What the kernel's commit message tags are called, and what stands behind each. Data only.
 *
 * Sources: Documentation/process/{submitting-patches,stable-kernel-rules,maintainer-tip,5.Posting,backporting,
 * coding-assistants}.rst and scripts/checkpatch.pl; `in use` are tags that no document asks for and that merged
 * commits carry without a complaint.
 */
type TrailerValue = 'person' | 'commit' | 'url' | 'program' | 'text';

export interface KnownTrailer {
  readonly name: string;
  readonly value: TrailerValue;
  /** A document names it; otherwise it is only in use. */
  readonly documented: boolean;
}

const documented = (value: TrailerValue, ...names: string[]): KnownTrailer[] =>
  names.map((name) => ({ name, value, documented: true }));
const inUse = (value: TrailerValue, ...names: string[]): KnownTrailer[] =>
  names.map((name) => ({ name, value, documented: false }));

const table: readonly KnownTrailer[] = [
  ...documented(
    'person',
    'Signed-off-by',
    'Co-developed-by',
    'Reviewed-by',
    'Acked-by',
    'Tested-by',
    'Reported-by',
    'Suggested-by',
    'Originally-by',
    'Cc',
  ),
  ...documented('commit', 'Fixes'),
  ...documented('url', 'Link', 'Closes'),
  ...documented('program', 'Assisted-by'),
  ...inUse(
    'person',
    'Analyzed-by',
    'Based-on-patch-by',
    'Bisected-by',
    'Confirmed-by',
    'Debugged-by',
    'Diagnosed-by',
    'Enhanced-by',
    'Explained-by',
    'Fixed-by',
    'Found-by',
    'Helped-by',
    'Identified-by',
    'Improved-by',
    'Inspired-by',
    'Investigated-by',
    'Nacked-by',
    'Noticed-by',
    'Original-by',
    'Original-patch-by',
    'Pointed-out-by',
    'Proposed-by',
    'Rejected-by',
    'Requested-by',
    'Root-caused-by',
    'Spotted-by',
    'Submitted-by',
    'Triaged-by',
    'Verified-by',
    'Validated-by',
    'To',
  ),
  ...inUse('commit', 'Upstream-commit', 'Upstream-Commit-ID', 'Cherry-picked-from', 'Backported-from'),
  ...inUse('url', 'BugLink', 'Bugzilla', 'Buglink', 'Patchwork', 'URL', 'Gitlab-link', 'GitLab'),
  ...inUse(
    'text',
    'Addresses',
    'Addresses-Coverity',
    'Addresses-Coverity-ID',
    'Base-commit',
    'CVE',
    'Depends-on',
    'Fixes-CVE',
    'Git-commit',
    'In-Reply-To',
    'KABI',
    'Kernel-Bug',
    'Message-ID',
    'Message-Id',
    'Patch-mainline',
    'Patchwork-bot',
    'References',
    'Revert',
    'Stable-dep-of',
    'Tree',
    'Upstream-status',
  ),
];

/** By lower-case name. */
export const knownTrailers: ReadonlyMap<string, KnownTrailer> = new Map(
  table.map((trailer) => [trailer.name.toLowerCase(), trailer]),
);

/** Names that a reader means by another one; lower-case. `undefined`: there is no tag for it. */
export const insteadOf: ReadonlyMap<string, string | undefined> = new Map([
  ['co-authored-by', 'Co-developed-by'],
  ['co-author', 'Co-developed-by'],
  ['coauthored-by', 'Co-developed-by'],
  ['original-author', 'Originally-by'],
  ['original-author-by', 'Originally-by'],
  ['authored-by', undefined],
  ['author', undefined],
  ['developed-by', 'Co-developed-by'],
  ['bug', 'Closes'],
  ['issue', 'Closes'],
  ['ref', 'Link'],
  ['reference', 'Link'],
  ['see-also', 'Link'],
  ['bugs', 'Closes'],
  ['resolves', 'Closes'],
  ['jira', undefined],
  ['issue-id', undefined],
  ['rb', 'Reviewed-by'],
  ['made-with', 'Assisted-by'],
  ['generated-by', 'Assisted-by'],
]);

/** Names that people cut short; lower-case. Read as the tag where a person follows. */
export const shortNames: ReadonlyMap<string, string> = new Map([
  ['signoff-by', 'Signed-off-by'],
  ['signed-off', 'Signed-off-by'],
  ['sign-off', 'Signed-off-by'],
  ['signoff', 'Signed-off-by'],
  ['signed-by', 'Signed-off-by'],
  ['s-o-b', 'Signed-off-by'],
  ['sob', 'Signed-off-by'],
  ['reviewer', 'Reviewed-by'],
  ['reviewed', 'Reviewed-by'],
  ['r-b', 'Reviewed-by'],
  ['acked', 'Acked-by'],
  ['ack', 'Acked-by'],
  ['tested', 'Tested-by'],
  ['tester', 'Tested-by'],
  ['reported', 'Reported-by'],
  ['reporter', 'Reported-by'],
  ['suggested', 'Suggested-by'],
  ['ccc', 'Cc'],
]);

/** Order of tags in the tip tree: Documentation/process/maintainer-tip.rst, "Ordering of commit tags". */
export const tipOrder: readonly string[] = [
  'Fixes',
  'Reported-by',
  'Closes',
  'Originally-by',
  'Suggested-by',
  'Co-developed-by',
  'Signed-off-by',
  'Tested-by',
  'Reviewed-by',
  'Acked-by',
  'Cc',
  'Link',
];

/**
 * Subject prefixes of the trees that ask for the tip order: the tip tree's branches (MAINTAINERS, maintainer-tip.rst),
 * EDAC and RAS (same maintainers), and Hyper-V, whose reviewers ask for it too.
 */
export const tipPrefixes: readonly string[] = [
  'x86',
  'sched',
  'perf/core',
  'perf/x86',
  'locking',
  'futex',
  'irqchip',
  'genirq',
  'irqdomain',
  'timers',
  'timer',
  'hrtimer',
  'posix-timers',
  'posix-cpu-timers',
  'clocksource',
  'clockevents',
  'tick',
  'timekeeping',
  'ntp',
  'vdso',
  'objtool',
  'entry',
  'static_call',
  'jump_label',
  'stop_machine',
  'cpu/hotplug',
  'smp',
  'debugobjects',
  'EDAC',
  'RAS',
];

/** The stable team's addresses: stable-kernel-rules.rst. */
export const stableAddresses: ReadonlySet<string> = new Set([
  'stable@vger.kernel.org',
  'stable@kernel.org',
  'stable+noautosel@kernel.org',
]);

/** Mailing list archives that checkpatch calls obsolete (PREFER_LORE_ARCHIVE). */
export const oldArchives: readonly string[] = [
  'freedesktop.org/archives/dri-devel',
  'lists.infradead.org',
  'lkml.org',
  'mail-archive.com',
  'mailman.alsa-project.org/pipermail',
  'marc.info',
  'ozlabs.org/pipermail',
  'spinics.net',
];

/** Committers that are a service: the button of a forge. They sign nothing. */
export const serviceCommitters: ReadonlySet<string> = new Set([
  'noreply@github.com',
  'noreply@gitlab.com',
  'noreply@codeberg.org',
]);

/** Addresses from which programs report; they have no name to be real and often no page to point at. */
export const reportingPrograms: readonly RegExp[] = [
  /^syzbot\b/i,
  /@syzkaller\.appspotmail\.com$/i,
  /^(?:kernel test robot|lkp|kbuild test robot|abaci robot|hulk robot|tulip robot|zeal robot|coverity)\b/i,
];

/** Programs that write code: names and addresses under which they appear as authors. */
export const codingPrograms: readonly RegExp[] = [
  /^claude(?:\b|[-_ ])/i,
  /@anthropic\.com$/i,
  /\bcopilot\b/i,
  /^cursor(?: agent)?$/i,
  /^cursoragent@cursor\.com$/i,
  /^(?:openai )?codex\b/i,
  /\bchatgpt\b/i,
  /@openai\.com$/i,
  /^(?:google )?gemini(?:[-_ ].*)?$/i,
  /^devin ai\b/i,
  /devin-ai-integration/i,
  /^aider\b/i,
  /^windsurf\b/i,
  /^(?:google-labs-)?jules(?:\[bot\])?$/i,
  /\[bot\]$/i,
  /\[bot\]@users\.noreply\.github\.com$/i,
];

/** Tools that find problems: a subject should say what changes, not what found it (EMAIL_SUBJECT). */
export const findingTools: readonly string[] = ['checkpatch', 'sparse', 'smatch', 'coccinelle', 'coccicheck'];

/** Mail for everybody: two addresses of one of these are two accounts. */
export const freeMail: ReadonlySet<string> = new Set([
  '126.com',
  '163.com',
  'aol.com',
  'foxmail.com',
  'gmail.com',
  'gmx.de',
  'googlemail.com',
  'hotmail.com',
  'icloud.com',
  'live.com',
  'mail.ru',
  'outlook.com',
  'proton.me',
  'protonmail.com',
  'qq.com',
  'sina.com',
  'web.de',
  'yahoo.com',
  'yandex.ru',
]);
