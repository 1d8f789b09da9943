/** The subcommands, their options and exit statuses. Each is loaded when it is called. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { UserError } from '../errors.ts';
import { LEVELS } from './fail-on.ts';
import type { ExitStatus, Io } from './io.ts';
import { FORMATS, LOCK_GRAPH_FORMS } from './output.ts';

const FORMAT = 'form of the report';

/** Runs one command line. Returns the exit status: 0, 1 (findings) or 2 (could not do it, said on standard error). */
export async function run(args: readonly string[], io: Io): Promise<number> {
  let status: ExitStatus = 0;
  const program = buildProgram(io, (result) => {
    status = result;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return status;
  } catch (error) {
    return report(error, io);
  }
}

function report(error: unknown, io: Io): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2; // commander has said it
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof UserError) io.stderr.write(`adjutant: ${message}\n`);
  else {
    const [line] = message.split('\n');
    io.stderr.write(`adjutant: internal error: ${line} (ADJUTANT_DEBUG=1 shows where)\n`);
    if (io.env.ADJUTANT_DEBUG === '1' && error instanceof Error) io.stderr.write(`${error.stack}\n`);
  }
  return 2;
}

function buildProgram(io: Io, done: (status: ExitStatus) => void): Command {
  const program = new Command('adjutant')
    .description('Reviews changes to Linux kernel trees: lock order, NULL dereferences, trailers.')
    .version(version(), '--version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      outputError: (text, write) =>
        write(
          `adjutant: ${text
            .replace(/^error: /, '')
            .trim()
            .replaceAll('\n', ' ')}; adjutant --help shows what there is.\n`,
        ),
    });

  program
    .command('review')
    .description('what a range, a patch or a mailbox introduces and fixes')
    .argument('[range]', 'A..B, or one revision; with --patch the revision that it applies to')
    .option('--repo <dir>', 'git repository or plain source tree (default: this folder)')
    .option('--patch <file>', 'review a patch ("-": standard input)')
    .option('--mbox <file>', 'review a mailbox, as b4 am and git format-patch write it')
    .option('--upstream <revision>', 'branch that backports are taken from')
    .addOption(new Option('--format <form>', FORMAT).choices(FORMATS))
    .addOption(new Option('--fail-on <level>', 'lowest severity for exit status 1').choices(LEVELS))
    .option('--config <file>', "configuration in place of the tree's .github/adjutant.yml")
    .option('--no-color', 'plain text')
    .action(async (range: string | undefined, options) => {
      const { runReview } = await import('./review.ts');
      done(await runReview({ ...options, ...(range === undefined ? {} : { range }) }, io));
    });

  program
    .command('audit')
    .description('all findings in these files as they stand, or as a patch leaves them')
    .argument('[paths...]', 'files and folders; with --patch its own files where none are given')
    .option('--repo <dir>', 'git repository or plain source tree (default: this folder)')
    .option('--patch <file>', 'apply this patch first ("-": standard input)')
    .addOption(new Option('--format <form>', FORMAT).choices(FORMATS))
    .addOption(new Option('--fail-on <level>', 'lowest severity for exit status 1').choices(LEVELS))
    .option('--config <file>', "configuration in place of the tree's .github/adjutant.yml")
    .option('--no-color', 'plain text')
    .action(async (paths: string[], options) => {
      const { runAudit } = await import('./audit.ts');
      done(await runAudit({ ...options, paths }, io));
    });

  program
    .command('index')
    .description("build or refresh a tree's index, which reviews then use")
    .option('--repo <dir>', 'git repository or plain source tree (default: this folder)')
    .option('--rev <revision>', 'of a git repository (default: HEAD)')
    .option('--stats', 'print what is in it, and what it took')
    .option('--errors', 'list what could not be parsed')
    .action(async (options) => {
      const { runIndex } = await import('./index.ts');
      done(await runIndex(options, io));
    });

  program
    .command('lookup')
    .description('what the index knows of a function, struct, field (struct.field), macro or global')
    .argument('<symbol>', 'its name')
    .option('--repo <dir>', 'git repository or plain source tree (default: this folder)')
    .option('--rev <revision>', 'of a git repository (default: HEAD)')
    .option('--limit <n>', 'entries of each list (default: 20)', wholeNumber)
    .action(async (symbol: string, options) => {
      const { runLookup } = await import('./lookup.ts');
      done(await runLookup({ ...options, symbol }, io));
    });

  program
    .command('lockgraph')
    .description('what the tree takes under a lock, and what it takes that under')
    .argument('<lock>', 'its class ("struct foo.lock", "mm/slab.c:slab_mutex"), or the last name of it')
    .option('--repo <dir>', 'git repository or plain source tree (default: this folder)')
    .option('--rev <revision>', 'of a git repository (default: HEAD)')
    .addOption(new Option('--format <form>', 'how to draw it').choices(LOCK_GRAPH_FORMS).default('text'))
    .option('--limit <n>', 'neighbours on each side (default: 20)', wholeNumber)
    .action(async (lock: string, options) => {
      const { runLockgraph } = await import('./lockgraph.ts');
      done(await runLockgraph({ ...options, lock }, io));
    });

  program
    .command('trailers')
    .description('commit messages alone: of a range, a file, or standard input')
    .argument('[input]', 'A..B or one revision, a file with a message or a mailed patch, or "-"')
    .option('--repo <dir>', 'git repository (default: this folder for a range, none for a file)')
    .option('--author <person>', "the author of the message: 'Name <address>'")
    .option('--committer <person>', 'its committer')
    .option('--submitter <person>', 'who sends it')
    .option('--merge', 'it is the message of a merge')
    .option('--commits <file>', 'JSON that stands in for a repository: {"<sha>": "subject" or null}')
    .option('--upstream <revision>', 'branch that backports are taken from')
    .option('--fix', 'rewrite the messages of a local range with what a machine can correct')
    .addOption(new Option('--format <form>', FORMAT).choices(FORMATS))
    .addOption(new Option('--fail-on <level>', 'lowest severity for exit status 1').choices(LEVELS))
    .option('--config <file>', "configuration in place of the tree's .github/adjutant.yml")
    .option('--no-color', 'plain text')
    .action(async (input: string | undefined, options) => {
      const { runTrailers } = await import('./trailers.ts');
      done(await runTrailers({ ...options, ...(input === undefined ? {} : { input }) }, io));
    });

  program
    .command('batch')
    .description('the commits of a range as a document, each with its findings')
    .argument('<range>', 'A..B')
    .option('--repo <dir>', 'git repository (default: this folder)')
    .option('--out <file>', 'write there (default: standard output)')
    .option('--config <file>', "configuration in place of the tree's .github/adjutant.yml")
    .action(async (range: string, options) => {
      const { runBatch } = await import('./batch.ts');
      done(await runBatch({ ...options, range }, io));
    });

  program
    .command('explain')
    .description('what a rule looks for, with examples')
    .argument('<rule>', 'checker/rule')
    .action(async (rule: string) => {
      const { runExplain } = await import('./explain.ts');
      done(await runExplain({ rule }, io));
    });

  program
    .command('serve')
    .description('the GitHub App (see docs/installing.md)')
    .action(async () => {
      await import('../main.ts');
    });

  program
    .command('jobs')
    .description('what the App has still to do, and what it gave up')
    .option('--retry <id>', 'have a job that was given up done again ("all": every one)')
    .option('--json', 'as JSON')
    .action(async (options) => {
      const { runJobs } = await import('./jobs.ts');
      done(await runJobs(options, io));
    });

  program
    .command('doctor')
    .description('looks at everything that the App needs, and says how to mend what is wrong')
    .option('--json', 'as JSON')
    .action(async (options) => {
      const { runDoctor } = await import('./doctor.ts');
      done(await runDoctor(options, io));
    });

  for (const [role, about] of [
    ['web', 'of the App the part that takes deliveries, with DATABASE_URL'],
    ['worker', 'of the App the part that reviews, with DATABASE_URL; any number of them'],
  ] as const) {
    program
      .command(role)
      .description(about)
      .action(async () => {
        const { runPart } = await import('./service.ts');
        await runPart(role);
      });
  }

  return program;
}

function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number.');
}

function version(): string {
  const file = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
