/**
 * Who gets the processor first where there is too little of it: webhooks, which GitHub waits ten seconds for; then what
 * workers do themselves, then analyses, last what nobody waits for.
 */
import { writeFileSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';

/** Nice values: 0 is everybody's, 19 the last. */
export const NICE = { worker: 1, analysis: 3, background: 10 } as const;

/**
 * Lets others go before a process that was started `detached`. Linux weighs sessions before it weighs the processes in
 * them (sched_autogroup): such a process has one of its own, which gets the same weight.
 */
export function giveWay(pid: number | undefined, nice: number): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, Math.max(nice, getPriority(pid)));
    writeFileSync(`/proc/${pid}/autogroup`, String(nice));
  } catch {
    // It has ended already, or the system has no such groups.
  }
}
