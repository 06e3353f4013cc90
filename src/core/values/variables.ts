/** Environment variables as a process has them: names exactly as set, values whole. */
export type Variables = Readonly<Record<string, string>>;
