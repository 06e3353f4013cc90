import { hidePath } from '../values/files.ts';
import { SENTINEL, type Pass } from '../values/pass.ts';

/** Folders at the top of file systems. Paths of PMS's API begin otherwise, but for {@link API}. */
const ROOTS =
  '(?:etc|var|usr|opt|srv|home|root|tmp|run|proc|mnt|media|data|config|share|shares|volume\\d*|volumes|Users|Library|Applications|Volumes|System|tank|pool|storage|nas|export|exports|array|disks?|snap|private|dev|boot|workspace|builds?|downloads|transcode)';
const API = /^\/media\/(?:providers|grabbers|subscriptions)\b/;
/** A folder may have blanks in its name where the next `/` shows that it goes on. */
const PART = String.raw`(?:[^\s\\/:;,"'<>|()]+(?: [^\s\\/:;,"'<>|()]+){0,6}(?=\/)|[^\s\\/:;,"'<>|()]+)`;
const UNIX = new RegExp(`(?<![\\w.\\\\*/-]|${SENTINEL}|:/|:)(?:file://)?/${ROOTS}(?:/${PART})+`, 'gu');
const WINDOWS_PART = String.raw`[^\\/:*?"<>|\r\n]`;
const WINDOWS = new RegExp(
  `(?<![\\w])(?:[A-Za-z]:|\\\\\\\\(?:\\\\\\\\)?[\\w.-]+)(?:\\\\{1,2}${WINDOWS_PART}{1,80}(?=\\\\)|\\\\{1,2}[^\\\\/:*?"<>|\\s,;]+)+`,
  'gu',
);

/** Paths of files: folders and files that are not called the same everywhere get pseudonyms. */
export function hidePaths(text: string, pass: Pass): string {
  return text
    .replace(UNIX, (path) => (API.test(path) ? path : hidePath(path, pass.pseudonym)))
    .replace(WINDOWS, (path) => hidePath(path, pass.pseudonym));
}
