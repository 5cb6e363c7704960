import { expect, test } from 'vitest';

import { collectTail } from './tail.ts';

test('little is kept whole', () => {
  const tail = collectTail(10);
  tail.push(Buffer.from('ab'));
  tail.push(Buffer.from('cd'));
  expect(tail.end()).toEqual({ text: 'abcd', droppedBytes: 0 });
});

test('of much the end is kept, and what went is counted', () => {
  const tail = collectTail(10);
  for (let index = 0; index < 1000; index += 1)
    tail.push(Buffer.from(String(index % 10).repeat(3)));
  expect(tail.end()).toEqual({ text: '6777888999', droppedBytes: 2990 });
});

test('characters cut by chunks are put together', () => {
  const tail = collectTail(10);
  const [first, second] = [Buffer.from('é').subarray(0, 1), Buffer.from('é').subarray(1)];
  tail.push(first);
  tail.push(second);
  expect(tail.end().text).toBe('é');
});
