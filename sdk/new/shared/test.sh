#!/bin/sh
# Compiles the plugin, calls it, and compares what it answers.
set -eu
tenon compile build/plugin.wasm -o build/plugin.so
answer=$(tenon run build/plugin.so --key greeting --payload hello)
expected='{"key":"greeting","result":"greeting: hello"}'
if [ "$answer" != "$expected" ]; then
  echo "the plugin answered $answer, not $expected" >&2
  exit 1
fi
echo "the plugin answers as it should"
