/** A comment with commands, start to end: 👀, each command in turn, one answer, 🚀 or 😕. */
import { UserError } from '../errors.ts';
import { readFindingMark } from '../report/github.ts';
import { type LatestReport, latestReport } from '../store/latest-report.ts';
import type { Work } from '../store/queue.ts';
import { keepHead } from '../store/remarks.ts';
import type { Command, CommandContext } from './command.ts';
import { derivedId } from './derived-id.ts';
import type { Forge } from './forge.ts';
import type { CommentJob, Invocation } from './job.ts';
import { nearest } from './nearest.ts';
import { replyOnce } from './reply-once.ts';
import { requestReview } from './request-review.ts';
import { Role } from './role.ts';
import type { Services } from './services.ts';

const MAX_ATTEMPTS = 6;

interface Outcome {
  readonly ok: boolean;
  readonly answer: string | undefined;
}

/** Runs the commands of one comment. A second try answers nothing twice. */
export async function answerComment(services: Services, work: Work<CommentJob>): Promise<void> {
  const job = work.data;
  try {
    await answer(services, work);
  } catch (error) {
    if (work.signal.aborted || work.attempt < MAX_ATTEMPTS) throw error;
    services.log.error({ err: error, comment: job.comment, pull: job.pull.number }, 'comment given up');
    const reason = 'could not be answered';
    await services.queue.enqueue('dead-letter', {
      id: work.id,
      key: work.id,
      data: { job, queue: 'comment', reason },
    });
  }
}

async function answer(services: Services, work: Work<CommentJob>): Promise<void> {
  const job = work.data;
  const forge = await services.openForge(job.pull.repository);
  await forge.react(job.comment, 'eyes', job.thread);
  const session = new Session(services, forge, work);
  const outcomes: Outcome[] = [];
  for (const invocation of job.invocations) outcomes.push(await runOne(session, invocation));
  await session.recheckIfAsked();
  const words = outcomes.flatMap((outcome) => (outcome.answer === undefined ? [] : [outcome.answer]));
  if (words.length > 0)
    await replyOnce(forge, work, { ...job, number: job.pull.number }, words.join('\n\n---\n\n'));
  const done = outcomes.every((outcome) => outcome.ok);
  await forge.react(job.comment, done ? 'rocket' : 'confused', job.thread);
}

async function runOne(session: Session, invocation: Invocation): Promise<Outcome> {
  const { commands } = session.services;
  const command = commands.find(({ name }) => name === invocation.name);
  if (command === undefined) return { ok: false, answer: unknown(commands, invocation) };
  if (!(await session.role.may(command.who))) return { ok: false, answer: refused(command) };
  try {
    return { ok: true, answer: await command.run(session.context(invocation)) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { ok: false, answer: error.message };
  }
}

/** What the commands of one comment share: each thing is asked of GitHub and the database once. */
class Session {
  readonly services: Services;
  readonly role: Role;
  readonly #forge: Forge;
  readonly #work: Work<CommentJob>;
  #report: Promise<LatestReport | undefined> | undefined;
  /** Checkers whose checks are to run again; `undefined` stands for all. */
  readonly #rechecked = new Set<string | undefined>();

  constructor(services: Services, forge: Forge, work: Work<CommentJob>) {
    this.services = services;
    this.role = new Role(forge, work.data.author, work.data.pullAuthor);
    this.#forge = forge;
    this.#work = work;
  }

  context(invocation: Invocation): CommandContext {
    const { data: job } = this.#work;
    return {
      services: this.services,
      forge: this.#forge,
      job,
      invocation,
      report: () => this.#latest(),
      threadFinding: async () => {
        if (job.thread === undefined) return undefined;
        const mark = readFindingMark((await this.#forge.ownReviewComment(job.thread)) ?? '');
        if (mark === undefined) return undefined;
        return (await this.#latest()).findings.find(({ fingerprint }) => fingerprint === mark);
      },
      recheck: (checker) => void this.#rechecked.add(checker),
    };
  }

  async recheckIfAsked(): Promise<void> {
    if (this.#rechecked.size === 0) return;
    const { data: job, id, attempt } = this.#work;
    const { open, head, baseRef, updated } = await this.#forge.pullRequest(job.pull.number);
    if (!open) return;
    // The event of its push may still be on its way.
    await keepHead(this.services.database, job.pull, head, updated);
    const named = [...this.#rechecked].filter((checker) => checker !== undefined);
    await requestReview(this.services, {
      id: derivedId(id, 'recheck'),
      pull: job.pull,
      head,
      baseRef,
      again: true,
      attempt,
      ...(named.length === this.#rechecked.size ? { checkers: named } : {}),
    });
  }

  async #latest(): Promise<LatestReport> {
    this.#report ??= latestReport(this.services.database, this.#work.data.pull);
    const report = await this.#report;
    if (report === undefined)
      throw new UserError('No review of this pull request has finished yet: ask again when its checks have.');
    return report;
  }
}

function refused({ name, who }: Command): string {
  const whom = who === 'writer' ? 'people with write access' : 'the author and people with read access';
  return `\`/${name}\` is for ${whom} to this repository.`;
}

/** Says which command was meant, with a mark under the place. */
function unknown(commands: readonly Command[], { name, text, column }: Invocation): string {
  const meant = nearest(
    name,
    commands.map((command) => command.name),
  );
  const hint = meant === undefined ? '`/help` lists the commands.' : `Did you mean \`/${meant}\`?`;
  const shown = text.slice(0, 80).replace(/[`\p{Cc}]/gu, ' ');
  return `There is no such command. ${hint}\n\n\`\`\`\n${shown}\n${' '.repeat(column)}^\n\`\`\``;
}
