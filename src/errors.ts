/**
 * A mistake of the user, or a state that they can mend: the message is one clear sentence that says what
 * to do, and is shown as it is. Anything else that is thrown is a fault of Adjutant's own.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
}
