/** Reasons that hold in several rooms. */

export const COMPILER =
  "The compiler requires the check; without it, the next step returns the same result for such a value";

export const ABSENT =
  "Each comparison with a sum or difference of undefined is false, so that an absent limit or time decides nothing";

export const EMPTY_CATCH =
  "A function that ends without a return statement returns undefined, as the deleted statement does";

export const OTHER_TEXT =
  "Neither a claim, a type, an issuer nor a key is called that, and a text has no limits";
