import { BEFORE_TLS } from './before-tls.ts';
import { HELLOS } from './hellos.ts';
import { LINKS } from './links.ts';
import { NAMES } from './names.ts';
import { QUIC } from './quic.ts';
import { SEGMENTS } from './segments.ts';
import type { Surprise } from './surprise.ts';

export type { Surprise } from './surprise.ts';

export const SURPRISES: readonly Surprise[] = [...NAMES, ...HELLOS, ...BEFORE_TLS, ...SEGMENTS, ...QUIC, ...LINKS];
