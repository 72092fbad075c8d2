#!/bin/sh
# Compiles the plugin, calls it, and compares what it answers.
set -eu
tenon compile build/plugin.wasm -o build/plugin.so
# Host functions that the plugin imports are not here: those fail where they are called.
answer=$(tenon run build/plugin.so --unknown-imports trap --key greeting --payload hello)
expected='{"key":"greeting","result":"greeting: hello"}'
if [ "$answer" != "$expected" ]; then
  echo "the plugin answered $answer, not $expected" >&2
  exit 1
fi
echo "the plugin answers as it should"
