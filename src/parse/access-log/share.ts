import { LineCutter } from './lines.ts';
import { textOf } from './text.ts';

/** A format is not looked for in fewer lines than this share: another's lines can look like its own here and there. */
export const LEAST_SHARE = 0.5;

/** Of the lines of a sample those that can be read. The first may lack its start, the last its end: such ones do not count,
 * and neither do those for which null is returned. */
export function shareOfLines(
  sample: Uint8Array,
  isRead: (bytes: Uint8Array, from: number, end: number) => boolean | null,
): number {
  const outcomes: boolean[] = [];
  const cutter = new LineCutter((bytes, from, end) => {
    const outcome = isRead(bytes, from, end);
    if (outcome !== null) outcomes.push(outcome);
  });
  cutter.push(sample);
  cutter.end();
  const read = outcomes.filter(Boolean).length;
  const cut = Number(outcomes.at(-1) === false) + Number(outcomes.length > 1 && outcomes[0] === false);
  return read === 0 ? 0 : read / (outcomes.length - cut);
}

/** As above, of lines as text. */
export function shareOfTexts(sample: Uint8Array, isRead: (line: string) => boolean): number {
  return shareOfLines(sample, (bytes, from, end) => isRead(textOf(bytes, from, end)));
}
