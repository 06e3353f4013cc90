import type { Cause } from '../core/model/report.ts';
import type { Fix } from './model.ts';

/** The page beside the files of a fix. */
export function fixReadme({ id, title, state, because }: Cause, { files, install }: Fix): string {
  return `# ${title}

Cause: ${id} (${state}).

${because
  .slice(0, 5)
  .map(({ text }) => `- ${text.replace(/\p{Cc}+/gu, ' ')}`)
  .join('\n')}

Files: ${files.map(({ name }) => name).join(', ')}. Nothing has been applied. Read them, then:

${install.map((line) => `    ${line}`).join('\n')}

Then check: \`sudo pms-proxy-doctor reproduce\`
`;
}
