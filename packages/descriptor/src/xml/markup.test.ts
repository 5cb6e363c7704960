import { expect, test } from 'vitest';

import { bareAmpersand, neutralize } from './markup.ts';

test('what the tree reader stumbles over is blanked, the length kept', () => {
  const text = `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e "]>"><!-- ' --><?p ' ?>]><a><?x " ?>t<b c='>'/></a>`;
  const clean = neutralize(text);
  expect(clean).toHaveLength(text.length);
  expect(clean.trimEnd()).toMatch(/^<\?a {16}\?> +<a><\?a {3}\?>t<b c='>'\/><\/a>$/);
});

test('comments and CDATA keep what looks like markup', () => {
  const text = '<a><!-- <?x?> --><![CDATA[<!DOCTYPE>]]><?y?></a>';
  expect(neutralize(text)).toBe('<a><!-- <?x?> --><![CDATA[<!DOCTYPE>]]><?a?></a>');
});

test('the first bare ampersand is found, outside comments and CDATA', () => {
  expect(bareAmpersand('<a>&amp;&#1;&#xA;</a>')).toBeUndefined();
  expect(bareAmpersand('<!-- & --><![CDATA[&]]><?p &?><a>&amp; & </a>')).toBe(39);
  expect(bareAmpersand('<!-- & ')).toBeUndefined();
});
