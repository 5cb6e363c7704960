import { messageOf, printable, type Diagnostic, type Severity } from '@ploop/descriptor';

const COMMANDS: Readonly<Record<Severity, string>> = {
  error: 'error',
  warning: 'warning',
  info: 'notice',
};

/** Findings as workflow commands of GitHub Actions, which shows them beside the file. */
export function githubLines(path: string, findings: readonly Diagnostic[]): readonly string[] {
  return findings.map((finding) => {
    const { severity, code, line, column, hint } = finding;
    const place = { file: finding.disk ?? path, line, col: column, title: code };
    const properties = Object.entries(place).flatMap(([name, value]) =>
      value === undefined ? [] : [`${name}=${escapedProperty(printable(String(value)))}`],
    );
    const message = `${messageOf(finding)}\n${hint}`;
    return `::${COMMANDS[severity]} ${properties.join(',')}::${escaped(message)}`;
  });
}

/** As the runner of GitHub reads it back. */
function escaped(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapedProperty(text: string): string {
  return escaped(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
