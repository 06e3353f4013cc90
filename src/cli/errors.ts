/** Wrong usage or configuration: exit 2, one line that says what, where, and what to do. May carry several lines, one problem each. */
export class UsageError extends Error {}
