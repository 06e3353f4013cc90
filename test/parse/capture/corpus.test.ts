import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { CaptureConnection } from '../../../src/parse/capture/index.ts';
import { fragmented, framed, FRAMINGS, framingNames, randomFile } from '../../support/packets/capture-framings.ts';
import { mutate, packetOf, piecesOf, type Piece } from '../../support/packets/capture-mutations.ts';
import { readCapture } from '../../support/packets/capture-reading.ts';
import { FUZZ } from '../../support/fuzz.ts';
import { helloNames } from '../../support/packets/hello-names.ts';
import { RECORDED, RECORDED_FOLDER, recordedPath } from '../../support/captures/recorded.ts';
import { randomOf } from '../../support/random.ts';
import { SURPRISES } from '../../support/packets/surprises/index.ts';

/** Mutations of each capture; `PMS_DOCTOR_SEED` for others. */
const MUTATIONS = 15 * FUZZ;
const SEED = Number(process.env['PMS_DOCTOR_SEED'] ?? 1);

function requestsOf(connections: readonly CaptureConnection[]): readonly string[] {
  return connections.flatMap(({ requests }) => requests.map(({ form, host, port }) => `${form} ${host}:${port}`));
}

/** A capture with these pieces, framed, cut into fragments and written in one of the ways there are. */
function rewritten(pieces: readonly Piece[], seed: number): { readonly file: Uint8Array; readonly how: string } {
  const random = randomOf(seed);
  const names = framingNames();
  const name = names[random.below(names.length)] ?? 'ethernet';
  const inFragments = random.below(4) === 0;
  const packets = pieces.flatMap((piece, id) => {
    const packet = packetOf(piece);
    return inFragments ? fragmented(packet, id, random) : [packet];
  });
  const frames = packets.map((packet) => ({ bytes: framed(name, packet) }));
  const how = `${name}${inFragments ? ', in fragments' : ''}`;
  return { file: randomFile(frames, FRAMINGS[name]?.linkType ?? 1, random), how };
}

describe('recorded captures', () => {
  it('are all listed', () => {
    const files = readdirSync(RECORDED_FOLDER).filter((file) => file.endsWith('.pcap'));
    expect(files.map((file) => file.slice(0, -5)).toSorted()).toEqual(RECORDED.map(({ file }) => file).toSorted());
  });

  it.each(RECORDED)('$file', (recorded) => {
    const { summary, connections } = readCapture(readFileSync(recordedPath(recorded)));
    expect(helloNames(connections)).toEqual(recorded.names);
    expect(requestsOf(connections)).toEqual(recorded.requests);
    expect(summary).toMatchObject({ problems: [], notRead: 0 });
  });

  it.each(['dns-udp', 'dns-tcp'])('%s tells the addresses of an alias', (file) => {
    const { reader, dns } = readCapture(readFileSync(`${RECORDED_FOLDER}/${file}.pcap`));
    expect(dns).toMatchObject([{ name: 'alias.example.test', addresses: ['192.0.2.7'], chain: ['real.example.test'] }]);
    expect(reader.namesOf('192.0.2.7', Number.POSITIVE_INFINITY)).toEqual(['alias.example.test']);
  });

  it('openssl-dtls is named', () => {
    const { connections } = readCapture(readFileSync(`${RECORDED_FOLDER}/openssl-dtls.pcap`));
    expect(connections).toMatchObject([{ protocol: 'dtls', hellos: [] }]);
  });
});

describe('the same names', () => {
  it.each(RECORDED)('$file, however it was sent, framed and written', (recorded) => {
    const pieces = piecesOf(recordedPath(recorded));
    const failures: string[] = [];
    for (let seed = SEED; seed < SEED + MUTATIONS; seed += 1) {
      const mutation = mutate(pieces, seed);
      const { file: bytes, how } = rewritten(mutation.pieces, seed);
      const { connections } = readCapture(bytes, seed % 3 === 0 ? 777 : undefined);
      const read = JSON.stringify([helloNames(connections), requestsOf(connections)]);
      if (read !== JSON.stringify([recorded.names, recorded.requests]))
        failures.push(`seed ${seed}, ${mutation.steps.join(' ')}, ${how}: ${read}`);
    }
    expect(failures).toEqual([]);
  });
});

describe('with losses', () => {
  it.each(RECORDED)('$file: no name that is not there, and no throw', (recorded) => {
    const pieces = piecesOf(recordedPath(recorded));
    const allowed = new Set([...recorded.names, '']);
    for (let seed = SEED; seed < SEED + MUTATIONS; seed += 1) {
      const random = randomOf(seed);
      const kept = mutate(pieces, seed).pieces.filter(() => random.below(8) > 0);
      const snap = random.below(2) === 0 ? { snap: 20 + random.below(700) } : {};
      const frames = kept.map((piece) => ({ bytes: framed('raw', packetOf(piece)), ...snap }));
      const whole = randomFile(frames, FRAMINGS['raw']?.linkType ?? 101, random);
      const cut = whole.subarray(0, random.below(2) === 0 ? whole.length : random.below(whole.length));
      const { connections } = readCapture(cut);
      const read = helloNames(connections);
      expect(
        read.filter((name) => !allowed.has(name)),
        `seed ${seed}`,
      ).toEqual([]);
      expect(read.length, `seed ${seed}`).toBeLessThanOrEqual(recorded.names.length);
    }
  });
});

describe('what the captures of public test suites hold', () => {
  it.each(SURPRISES)('$name', ({ file, names }) => {
    const { connections } = readCapture(file);
    expect(helloNames(connections).filter((name) => name !== '')).toEqual(names);
  });
});
