import { main } from './demo/main.ts';

// A reader that stops early, such as head, is not a failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

process.exitCode = await main(process.argv.slice(2), (line) => {
  console.log(line);
});
