/** Whether a command wrote the subject: a revert, a merge, a fixup. It is not a person's choice of words. */
export function isGenerated(subject: string): boolean {
  return /^(?:Revert "|Reapply "|Merge |fixup! |squash! |amend! )/.test(subject);
}
