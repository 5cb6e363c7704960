// What the text of this repository does not say, and what it says instead.
export const PHRASES = [
  { pattern: /\b(?:is|are|was|were) none\b/gi, instead: 'is not a …, does not exist' },
  {
    pattern: /(?<!\bthere )\b(?:is|are|was|were) no (?!longer\b|more\b|less\b|\w+er\b)\w+/gi,
    instead: 'is not a …',
  },
  { pattern: /\bthere (?:is|are|was|were) none\b/gi, instead: 'does not exist, is missing' },
  { pattern: /\b(?:nobody|somebody) tells\b/gi, instead: 'cannot be determined' },
  { pattern: /\btells?\b|\btold\b|\btelling\b/gi, instead: 'reports, returns, lists, shows' },
  { pattern: /\bfore(?:tells?|told)\b/gi, instead: 'predicts' },
  { pattern: /\bbears?\b/gi, instead: 'has' },
  { pattern: /\b(?:is|are) parted\b/gi, instead: 'is split' },
  { pattern: /\bheed(?:s|ed)?\b/gi, instead: 'respects' },
  { pattern: /\bwho(?:m)?ever\b/gi, instead: 'name the one who acts' },
  { pattern: /\bOf the whole\b/g, instead: 'subject first' },
  {
    pattern:
      /\bbehind (?:the|its|their|that|an?) (?:BAT|data|disk|end|file|header|last|range|size|table)\b/g,
    instead: 'after, beyond the end of',
  },
  { pattern: /\bone behind the other\b/g, instead: 'one after the other' },
  { pattern: /\ball the same\b/gi, instead: 'still, anyway' },
  { pattern: /\bbut for\b/gi, instead: 'except for' },
];
