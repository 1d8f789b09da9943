/** The rules of the trailer checker: to add one is to add a file, its page and a line here. */
import { assistedByFormat } from './assisted-by-format.ts';
import { backportAuthor } from './backport-author.ts';
import { backportChange } from './backport-change.ts';
import { backportForm } from './backport-form.ts';
import { backportMissingFix } from './backport-missing-fix.ts';
import { backportSourceMissing } from './backport-source-missing.ts';
import { backportSubject } from './backport-subject.ts';
import { backportWanted } from './backport-wanted.ts';
import { badAddress } from './bad-address.ts';
import { changeId } from './change-id.ts';
import { coDevelopedIsAuthor } from './co-developed-is-author.ts';
import { coDevelopedNotAdjacent } from './co-developed-not-adjacent.ts';
import { coDevelopedWithoutSignoff } from './co-developed-without-signoff.ts';
import { commentLine } from './comment-line.ts';
import { commitReference } from './commit-reference.ts';
import { commitReferenceForm } from './commit-reference-form.ts';
import { diffInMessage } from './diff-in-message.ts';
import { duplicateTrailer } from './duplicate-trailer.ts';
import { emptyDescription } from './empty-description.ts';
import { fixesAuthorNotTold } from './fixes-author-not-told.ts';
import { fixesLeadingWord } from './fixes-leading-word.ts';
import { fixesMissingParensOrQuotes } from './fixes-missing-parens-or-quotes.ts';
import { fixesMissingSpace } from './fixes-missing-space.ts';
import { fixesMissingSubject } from './fixes-missing-subject.ts';
import { fixesNoSha } from './fixes-no-sha.ts';
import { fixesNotAncestor } from './fixes-not-ancestor.ts';
import { fixesNotInTrailerBlock } from './fixes-not-in-trailer-block.ts';
import { fixesShaCapitals } from './fixes-sha-capitals.ts';
import { fixesShaTooShort } from './fixes-sha-too-short.ts';
import { fixesSubjectMismatch } from './fixes-subject-mismatch.ts';
import { fixesTargetMissing } from './fixes-target-missing.ts';
import { fixesTargetNewer } from './fixes-target-newer.ts';
import { fixesTrailingJunk } from './fixes-trailing-junk.ts';
import { fixesWanted } from './fixes-wanted.ts';
import { fixesWrapped } from './fixes-wrapped.ts';
import { forbiddenTrailer } from './forbidden-trailer.ts';
import { linkNotUrl } from './link-not-url.ts';
import { longLine } from './long-line.ts';
import { misspelledTrailer } from './misspelled-trailer.ts';
import { nameNotReal } from './name-not-real.ts';
import { oldArchive } from './old-archive.ts';
import { repeatedWord } from './repeated-word.ts';
import { reportedByWithoutCloses } from './reported-by-without-closes.ts';
import { requiredTrailer } from './required-trailer.ts';
import { revertForm } from './revert-form.ts';
import type { MessageRule } from './rule.ts';
import { signoffAuthorMismatch } from './signoff-author-mismatch.ts';
import { signoffByProgram } from './signoff-by-program.ts';
import { signoffForeign } from './signoff-foreign.ts';
import { signoffMissing } from './signoff-missing.ts';
import { signoffMissingAuthor } from './signoff-missing-author.ts';
import { signoffMissingCommitter } from './signoff-missing-committer.ts';
import { signoffMissingSubmitter } from './signoff-missing-submitter.ts';
import { signoffNotLast } from './signoff-not-last.ts';
import { spelling } from './spelling.ts';
import { stableCcFormat } from './stable-cc-format.ts';
import { stablePrerequisite } from './stable-prerequisite.ts';
import { subjectLength } from './subject-length.ts';
import { subjectNotSeparated } from './subject-not-separated.ts';
import { subjectPatchTag } from './subject-patch-tag.ts';
import { subjectPeriod } from './subject-period.ts';
import { subjectPrefix } from './subject-prefix.ts';
import { subjectTool } from './subject-tool.ts';
import { tagOrder } from './tag-order.ts';
import { textAfterTrailers } from './text-after-trailers.ts';
import { trailerBlockSplit } from './trailer-block-split.ts';
import { trailerFormat } from './trailer-format.ts';
import { trailerStyle } from './trailer-style.ts';
import { trailersAfterSeparator } from './trailers-after-separator.ts';
import { unknownTrailer } from './unknown-trailer.ts';

export const rules: readonly MessageRule[] = [
  signoffAuthorMismatch,
  signoffByProgram,
  signoffForeign,
  signoffMissingAuthor,
  signoffMissingCommitter,
  signoffMissingSubmitter,
  signoffMissing,
  signoffNotLast,
  nameNotReal,
  coDevelopedIsAuthor,
  coDevelopedNotAdjacent,
  coDevelopedWithoutSignoff,
  fixesAuthorNotTold,
  fixesLeadingWord,
  fixesMissingParensOrQuotes,
  fixesMissingSpace,
  fixesMissingSubject,
  fixesNoSha,
  fixesNotAncestor,
  fixesNotInTrailerBlock,
  fixesShaCapitals,
  fixesShaTooShort,
  fixesSubjectMismatch,
  fixesTargetMissing,
  fixesTargetNewer,
  fixesTrailingJunk,
  fixesWanted,
  fixesWrapped,
  backportAuthor,
  backportChange,
  backportForm,
  backportMissingFix,
  backportSourceMissing,
  backportSubject,
  backportWanted,
  revertForm,
  commitReference,
  commitReferenceForm,
  stableCcFormat,
  stablePrerequisite,
  reportedByWithoutCloses,
  badAddress,
  misspelledTrailer,
  trailerBlockSplit,
  trailerFormat,
  trailerStyle,
  trailersAfterSeparator,
  unknownTrailer,
  duplicateTrailer,
  linkNotUrl,
  oldArchive,
  assistedByFormat,
  changeId,
  tagOrder,
  textAfterTrailers,
  requiredTrailer,
  forbiddenTrailer,
  subjectLength,
  subjectNotSeparated,
  subjectPatchTag,
  subjectPeriod,
  subjectPrefix,
  subjectTool,
  emptyDescription,
  longLine,
  commentLine,
  diffInMessage,
  repeatedWord,
  spelling,
];
