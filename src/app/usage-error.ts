/** Wrong usage or configuration: exit 2, one line that names the problem, the place and the fix. May carry several lines, one problem each. */
export class UsageError extends Error {}
