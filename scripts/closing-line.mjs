// Vitest reporter: ends the run with the plain line "N passed, N failed, N skipped".
/** @implements {import('vitest/node').Reporter} */
export default class ClosingLine {
  onTestRunEnd(modules, unhandledErrors) {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0, pending: 0 };
    for (const module of modules) {
      if (module.state() === 'failed' && module.errors().length > 0) count.failed += 1;
      for (const test of module.children.allTests()) count[test.result().state] += 1;
    }
    process.on('exit', () => {
      const skipped = count.skipped + count.pending;
      console.log(`${count.passed} passed, ${count.failed} failed, ${skipped} skipped`);
    });
  }
}
