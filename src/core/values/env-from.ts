/** The source of the judged proxy variables: `--env-from auto|pid:N|unit:NAME|container:NAME|file:PATH|shell`, parsed. */
export type EnvFrom =
  | { readonly kind: 'auto' }
  | { readonly kind: 'pid'; readonly pid: number }
  /** With its suffix: `plexmediaserver.service`. */
  | { readonly kind: 'unit'; readonly name: string }
  /** Name, or the beginning of the id. */
  | { readonly kind: 'container'; readonly name: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'shell' };

export type EnvFromResult =
  | { readonly ok: true; readonly value: EnvFrom }
  | { readonly ok: false; readonly problem: string };

const EXPECTED = 'expected auto, pid:N, unit:NAME, container:NAME, file:PATH or shell';
/** Largest process id that Linux can give: PID_MAX_LIMIT of 64-bit kernels, 2^22. Windows ids are larger, 32-bit. */
const MAX_PID = 0xffff_ffff;

/** Reads the value of `--env-from`. The problem is a sentence without a full stop. */
export function parseEnvFrom(text: string): EnvFromResult {
  const colon = text.indexOf(':');
  const kind = colon < 0 ? text : text.slice(0, colon);
  const rest = colon < 0 ? null : text.slice(colon + 1);
  switch (kind) {
    case 'auto':
    case 'shell':
      return rest === null ? found({ kind }) : { ok: false, problem: `"${kind}" takes no argument (${EXPECTED})` };
    case 'pid': {
      const pid = /^\d{1,10}$/.test(rest ?? '') ? Number(rest) : 0;
      return pid >= 1 && pid <= MAX_PID
        ? found({ kind, pid })
        : { ok: false, problem: 'pid: needs a process id, as in pid:812' };
    }
    case 'unit':
      // A slash would leave the directories in which units live.
      return rest === null || !/^[\w:.@\\-]+$/.test(rest)
        ? { ok: false, problem: 'unit: needs the name of a unit, as in unit:plexmediaserver.service' }
        : found({ kind, name: rest.endsWith('.service') ? rest : `${rest}.service` });
    case 'container':
      return rest === null || !/^[\w.-]+$/.test(rest)
        ? { ok: false, problem: 'container: needs a name or an id, as in container:plex' }
        : found({ kind, name: rest });
    case 'file':
      return rest
        ? found({ kind, path: rest })
        : {
            ok: false,
            problem: 'file: needs a path, as in file:/etc/default/plexmediaserver or file:compose.yml#plex',
          };
    default:
      return { ok: false, problem: `"${kind}" is not known (${EXPECTED})` };
  }
}

function found(value: EnvFrom): EnvFromResult {
  return { ok: true, value };
}
