import { CaptureReader, sniffCapture } from '../../../parse/capture/index.ts';
import { flowsOfCapture } from '../../flows/capture-flows.ts';
import { CERTAIN, type ContentReader, type InputFormat, type ReaderOptions } from './format.ts';
import { noteOfCapture } from './notes.ts';

export const CAPTURES: readonly InputFormat[] = (['pcap', 'pcapng'] as const).map((id) => ({
  id,
  name: `a capture (${id})`,
  detect: ({ bytes }) => (sniffCapture(bytes) === id ? CERTAIN : 0),
  open: ({ path }, options) => ({ kind: 'read', reader: captureReader(id, path, options) }),
}));

function captureReader(kind: string, path: string, { relevance }: ReaderOptions): ContentReader {
  const reader = new CaptureReader();
  return {
    push: (chunk) => reader.push(chunk),
    end: (fed) => {
      const summary = reader.end();
      const note = noteOfCapture(summary, fed);
      const record = { path, summary, ...flowsOfCapture(reader, relevance), problems: note.problems };
      return [{ member: null, kind, note, records: { captures: [record] } }];
    },
  };
}
