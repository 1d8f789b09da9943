/**
 * The one place where git is started: never through a shell, with arguments of ours, and in an environment in which
 * no configuration of the user, the machine or the repository runs a program or opens a connection.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { UserError } from '../errors.ts';

/** git ended with an error, or was stopped at a limit. */
export class GitError extends Error {
  override readonly name = 'GitError';
  readonly status: number | undefined;
  readonly stderr: string;

  constructor(what: string, status: number | undefined, stderr: string) {
    super(`${what}: ${stderr.trim().split('\n').at(-1) || `status ${status}`}`);
    this.status = status;
    this.stderr = stderr;
  }
}

export interface GitOptions {
  /** The repository's git directory; without it git runs in `cwd` and looks for one. */
  readonly gitDir?: string;
  readonly cwd?: string;
  readonly input?: string | Uint8Array;
  /** Bytes of standard output at most: more is an error. 256 MiB unless told. */
  readonly maxBytes?: number;
  /** Milliseconds after which git is stopped. Two minutes unless told. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
  /** Transports that this run may open; none unless told. */
  readonly protocols?: readonly ('https' | 'http' | 'file')[];
  /** Added to the environment: a token as GIT_CONFIG_VALUE_n, which neither `ps` nor a log shows. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Settings that would start a program, read attributes of a work tree, or change what a command prints. */
const CONFIG: readonly string[] = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.attributesFile=/dev/null',
  'core.quotePath=true',
  'core.pager=cat',
  'core.editor=false',
  'core.sshCommand=false',
  'core.askPass=',
  'core.alternateRefsCommand=false',
  'core.commitGraph=true',
  'credential.helper=',
  'gc.auto=0',
  'maintenance.auto=false',
  'log.showSignature=false',
  'diff.external=',
  'submodule.recurse=false',
  'fetch.recurseSubmodules=false',
  // Another user's repository is read like one of ours: nothing in its configuration takes effect here.
  'safe.directory=*',
];

const PREFIX: readonly string[] = [
  '--no-pager',
  '--no-replace-objects',
  '--literal-pathspecs',
  '--no-optional-locks',
  ...CONFIG.flatMap((setting) => ['-c', setting]),
];

/** A git that stays. */
export type GitProcess = ChildProcessWithoutNullStreams;

/** Starts git and leaves its pipes to the caller; for processes that stay. */
export function startGit(args: readonly string[], options: GitOptions = {}): GitProcess {
  // As a bare repository: what `.gitattributes` of a work tree says (`*.c binary`) does not count.
  const repository =
    options.gitDir === undefined ? [] : ['-c', 'core.bare=true', `--git-dir=${options.gitDir}`];
  return spawn('git', [...PREFIX, ...repository, ...args], {
    cwd: options.cwd ?? options.gitDir ?? '/',
    env: environment(options),
    stdio: ['pipe', 'pipe', 'pipe'],
    shell: false,
  });
}

/** Runs git to its end and returns its standard output. Rejects with a GitError where it fails. */
export function runGit(args: readonly string[], options: GitOptions = {}): Promise<Buffer> {
  const what = `git ${args[0]}`;
  const maxBytes = options.maxBytes ?? 256 * 1024 * 1024;
  const timeout = options.timeout ?? 120_000;
  return new Promise((resolve, reject) => {
    if (options.signal?.aborted) return reject(options.signal.reason);
    const child = startGit(args, options);
    const out: Buffer[] = [];
    let size = 0;
    let stderr = '';
    let failure: unknown;
    const stop = (reason: unknown) => {
      failure ??= reason;
      child.kill('SIGKILL');
    };
    const timer = setTimeout(
      () => stop(new GitError(what, undefined, `stopped after ${timeout / 1000} s`)),
      timeout,
    );
    const onAbort = () => stop(options.signal?.reason);
    options.signal?.addEventListener('abort', onAbort, { once: true });
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) stop(new GitError(what, undefined, `wrote more than ${maxBytes} bytes`));
      else out.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (stderr.length < 16_384) stderr += chunk.toString('utf8');
    });
    child.stdin.on('error', () => undefined); // git may end before it has read everything: its status says why
    child.on('error', (error: NodeJS.ErrnoException) => {
      failure ??=
        error.code === 'ENOENT' ? new UserError('git is not installed, or not on the PATH.') : error;
    });
    child.on('close', (status) => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', onAbort);
      if (failure !== undefined) reject(failure);
      else if (status !== 0) reject(new GitError(what, status ?? undefined, stderr));
      else resolve(Buffer.concat(out));
    });
    child.stdin.end(options.input ?? '');
  });
}

function environment(options: GitOptions): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH ?? '/usr/bin:/bin',
    HOME: '/nonexistent',
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_SYSTEM: '/dev/null',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: 'false',
    GIT_NO_LAZY_FETCH: '1',
    GIT_ALLOW_PROTOCOL: options.protocols?.join(':') || 'none',
    ...options.env,
  };
}
