/** What cannot be written to a descriptor, or breaks the tool's line-oriented output. */
export const CONTROL = /[\p{Cc}\uFFFE\uFFFF]/u;
/** Half a character, which has no UTF-8 form. */
export const LONE_SURROGATE = /\p{Cs}/u;
