import type { ResultTag } from '../../entry.ts';

const TAG_LIMIT = 64;
const RESULT = /^(TCP|UDP|ICP|NONE|TAG)(_CF)?(?:_([A-Z][A-Z0-9_]*?))??((?:_(?:IGNORED|TIMEDOUT|ABORTED))*)$/;

/**
 * The grammar of src/LogTags.cc: protocol, `_CF`, tag, then `_IGNORED`, `_TIMEDOUT`, `_ABORTED`. Tags are not listed, so that one
 * of a later Squid is read. Older versions write `TAG_NONE` or a bare `NONE` for `NONE_NONE`. null for anything else.
 */
export function parseResultTag(text: string): ResultTag | null {
  if (text.length > TAG_LIMIT) return null;
  const [, protocol, collapsed, tag = 'NONE', errors = ''] = RESULT.exec(text) ?? [];
  if (protocol === undefined || (tag === 'NONE' && (protocol === 'TCP' || protocol === 'UDP'))) return null;
  const flags = errors.split('_').slice(1);
  return {
    protocol: protocol === 'TAG' ? 'NONE' : protocol,
    tag,
    flags: collapsed === undefined ? flags : ['CF', ...flags],
  };
}

/**
 * The kind of way to the server (`%Sh`) as Squid names it since 3.2: old `DIRECT` and `NONE` get their `HIER_`, and `TIMEOUT_`,
 * which only says that a sibling did not answer a query in time, is taken off. null for what is not of that form.
 */
export function parseHierarchy(text: string): string | null {
  const kind = /^(?:TIMEOUT_)?([A-Z][A-Z0-9_]{1,63})$/.exec(text)?.[1];
  if (kind === undefined) return null;
  return kind === 'DIRECT' || kind === 'NONE' ? `HIER_${kind}` : kind;
}
