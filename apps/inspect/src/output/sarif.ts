import { pathToFileURL } from 'node:url';

import { messageOf, type Diagnostic, type Severity } from '@ploop/descriptor';

/** Findings of one disk. */
export interface DiskFindings {
  readonly path: string;
  readonly findings: readonly Diagnostic[];
}

const LEVELS: Readonly<Record<Severity, string>> = {
  error: 'error',
  warning: 'warning',
  info: 'note',
};

/** Findings as a log of SARIF 2.1.0, the format that code scanning services read. */
export function sarifLog(version: string, disks: readonly DiskFindings[]): object {
  const codes = new Set(disks.flatMap(({ findings }) => findings.map(({ code }) => code)));
  const ruleIds = [...codes].sort();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'ploop-inspect', version, rules: ruleIds.map((id) => ({ id })) } },
        results: disks.flatMap(({ path, findings }) =>
          findings.map((finding) => resultOf(path, finding, ruleIds)),
        ),
      },
    ],
  };
}

function resultOf(path: string, finding: Diagnostic, ruleIds: readonly string[]): object {
  const { code, severity, hint, line, column } = finding;
  return {
    ruleId: code,
    ruleIndex: ruleIds.indexOf(code),
    level: LEVELS[severity],
    message: { text: `${messageOf(finding)}\n${hint}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: pathToFileURL(finding.disk ?? path).href },
          ...(line === undefined
            ? {}
            : {
                region: {
                  startLine: line,
                  ...(column === undefined ? {} : { startColumn: column }),
                },
              }),
        },
      },
    ],
  };
}
