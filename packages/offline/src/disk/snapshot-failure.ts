import { DescriptorError, diagnostic, type Diagnostic } from '@ploop/descriptor';

/** The error of a snapshot that cannot be opened, for its errors and a descriptor that could be used instead. */
export function snapshotFailure(diagnostics: readonly Diagnostic[]): DescriptorError {
  const [first, ...rest] = diagnostics.filter(
    ({ severity, code }) => severity === 'error' || code === 'DESCRIPTOR_USABLE',
  );
  return new DescriptorError([first ?? diagnostic('TOP_GUID_MISSING', {}), ...rest]);
}
