/** A comment with commands, start to end: 👀, each command in turn, one answer, 🚀 or 😕. */
import { UserError } from '../errors.ts';
import type { Work } from '../store/queue.ts';
import type { Command, Who } from './command.ts';
import { derivedId } from './derived-id.ts';
import type { Forge } from './forge.ts';
import type { CommentJob, Invocation } from './job.ts';
import { nearest } from './nearest.ts';
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
  await forge.react(job.comment, 'eyes');
  const role = new Role(forge, job);
  const outcomes: Outcome[] = [];
  for (const [index, invocation] of job.invocations.entries()) {
    outcomes.push(await runOne(services, work, forge, role, invocation, index));
  }
  const words = outcomes.flatMap((outcome) => (outcome.answer === undefined ? [] : [outcome.answer]));
  if (words.length > 0) await replyOnce(forge, work, words.join('\n\n---\n\n'));
  await forge.react(job.comment, outcomes.every((outcome) => outcome.ok) ? 'rocket' : 'confused');
}

async function runOne(
  services: Services,
  work: Work<CommentJob>,
  forge: Forge,
  role: Role,
  invocation: Invocation,
  index: number,
): Promise<Outcome> {
  const command = services.commands.find(({ name }) => name === invocation.name);
  if (command === undefined) return { ok: false, answer: unknown(services.commands, invocation) };
  if (!(await role.may(command.who))) return { ok: false, answer: refused(command) };
  try {
    const id = derivedId(work.id, String(index));
    const { data: job, attempt } = work;
    return { ok: true, answer: await command.run({ services, forge, job, invocation, id, attempt }) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { ok: false, answer: error.message };
  }
}

/** What the author of the comment may do here: asked once, and only where it matters. */
class Role {
  readonly #forge: Forge;
  readonly #job: CommentJob;
  #permission: Promise<string> | undefined;

  constructor(forge: Forge, job: CommentJob) {
    this.#forge = forge;
    this.#job = job;
  }

  async may(who: Who): Promise<boolean> {
    const { author, pullAuthor } = this.#job;
    if (who === 'reader' && author === pullAuthor) return true;
    this.#permission ??= this.#forge.permission(author);
    const allowed = who === 'reader' ? ['read', 'write', 'admin'] : ['write', 'admin'];
    return allowed.includes(await this.#permission);
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

async function replyOnce(forge: Forge, work: Work<CommentJob>, words: string): Promise<void> {
  const mark = `<!-- adjutant:answers ${work.data.comment} -->`;
  const { pull, written } = work.data;
  const there = work.attempt > 1 ? await forge.ownReplies(pull.number, written) : [];
  if (there.some((body) => body.includes(mark))) return;
  await forge.reply(pull.number, `${words}\n\n${mark}`);
}
