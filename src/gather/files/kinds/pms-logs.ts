import { basename } from 'node:path';
import { detectPmsLog, PmsLogReader } from '../../../parse/pms-log/index.ts';
import { CERTAIN, type ContentReader, type Head, type InputFormat } from './format.ts';
import { noteOfLines } from './notes.ts';

const ID = 'pms-log';

export const PMS_LOG: InputFormat = {
  id: ID,
  name: 'a log of Plex Media Server, of its scanner or of a plug-in',
  detect: ({ bytes }) => (detectPmsLog(bytes) ? CERTAIN : 0),
  open: (head) => ({ kind: 'read', reader: pmsLogReader(head) }),
};

function pmsLogReader({ path, member }: Head): ContentReader {
  // A file among the members says by its name which process wrote it; a container or unit does not.
  const file = member !== null && /\.log\b/i.test(member) ? member : basename(path);
  const name = file.replace(/\.gz$/i, '');
  const reader = new PmsLogReader({ name });
  return {
    push: (chunk) => reader.push(chunk),
    end: (fed) => {
      const summary = reader.end();
      const note = noteOfLines(summary, fed);
      return [{ member, kind: ID, note, records: { pmsLogs: [{ path, name, summary, ...reader.records() }] } }];
    },
  };
}
