#!/bin/sh
# Plays a recorded run of the tool: checks the arguments, says what was said, ends as it ended.
[ "$*" = "$REPLAY_ARGV" ] || exit 99
printf %s "$REPLAY_STDOUT"
printf %s "$REPLAY_STDERR" >&2
[ -z "$REPLAY_SIGNAL" ] || kill -s "$REPLAY_SIGNAL" $$
exit "$REPLAY_EXIT"
