// Vitest reporter: ends the run with the plain line "N passed, N failed, N skipped".
/** @implements {import('vitest/node').Reporter} */
export default class ClosingLine {
  #count = { passed: 0, failed: 0, skipped: 0, pending: 0 };

  onInit() {
    process.on('exit', (exitCode) => {
      const { passed, failed, skipped, pending } = this.#count;
      // A run can fail before any test does: no test then failed, but none passed for that.
      const all = exitCode !== 0 && failed === 0 ? 1 : failed;
      console.log(`${passed} passed, ${all} failed, ${skipped + pending} skipped`);
    });
  }

  onTestRunEnd(modules, unhandledErrors) {
    this.#count.failed += unhandledErrors.length;
    for (const module of modules) {
      if (module.state() === 'failed' && module.errors().length > 0) this.#count.failed += 1;
      for (const test of module.children.allTests()) this.#count[test.result().state] += 1;
    }
  }
}
