const LONGEST_TEXT = 1024;

/**
 * Cuts a text to 1,024 UTF-16 units and replaces what is not Unicode, such as half a character at
 * the cut.
 */
export const clip = (text: string): string => text.slice(0, LONGEST_TEXT).toWellFormed();
