import { escapedName, openFileSystem, type ReadAt } from '../src/index.ts';

/** Prints the names below /etc, and returns the host name. */
export async function hostNameOf(readAt: ReadAt, size: number): Promise<string> {
  const fileSystem = await openFileSystem(readAt, { size });
  for await (const { path, stat } of fileSystem.walk('/etc'))
    console.log(escapedName(path), stat?.size);
  const file = await fileSystem.open('/etc/hostname');
  for (const finding of fileSystem.diagnostics()) console.warn(finding.code, finding.data);
  return new TextDecoder().decode(await file.read(0, file.size)).trim();
}
