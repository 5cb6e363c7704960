import { printable } from '@ploop/descriptor';

import type { InspectCommand, Report } from '../command.ts';
import { ExitCode } from '../exit-code.ts';
import { jsonOption } from '../input/path.ts';
import { refusedCall } from '../output/refused-call.ts';
import { lines, toJson } from '../output/text.ts';
import { pageCodes, pageOf } from '../views/pages.ts';

/** `ploop-inspect explain`: what a finding means. */
export const explain: InspectCommand = {
  examples: [
    ['explain DELTA_MISSING', 'the page of a finding'],
    ['explain', 'all codes'],
  ],
  seeAlso: ['check'],
  define: (command, run) =>
    command
      .argument('[code]', 'the code of a finding, as check prints it (default: list all codes)')
      .addOption(jsonOption)
      .action((code, { json }) =>
        run(() => (code === undefined ? listed(json) : explained(code, json))),
      ),
};

async function listed(json: boolean): Promise<Report> {
  const codes = await pageCodes();
  const stdout = json ? lines([toJson({ codes })]) : lines(codes);
  return { stdout, stderr: '', exitCode: ExitCode.fine };
}

async function explained(text: string, json: boolean): Promise<Report> {
  const code = text.toUpperCase();
  const page = await pageOf(code);
  if (page !== undefined) {
    const stdout = json ? lines([toJson({ code, page })]) : page;
    return { stdout, stderr: '', exitCode: ExitCode.fine };
  }
  const message = `there is no finding ${printable(text)}`;
  const [near] = (await pageCodes()).filter((one) => one.includes(code) || code.includes(one));
  const hint =
    near === undefined ? 'ploop-inspect explain lists all codes.' : `Did you mean ${near}?`;
  return json
    ? refusedCall(message, hint)
    : { stdout: '', stderr: lines([`error: ${message}`, `  ${hint}`]), exitCode: ExitCode.cannot };
}
