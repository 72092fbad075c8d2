#!/usr/bin/env bash
# One step of the installation test: lays the build down under a prefix of its
# own, and uses it there as the README says.
#
#   install_test.sh STEP SOURCE_DIR BUILD_DIR ARTIFACT
set -euo pipefail
step=$1 source=$2 build=$3 artifact=$4
here=$source/tests/install
prefix=$build/install-test/installed
work=$build/install-test/$step
rm -rf "$work"
mkdir -p "$work"
cd "$work"

block() { python3 "$here/readme_block.py" "$source/README.md" "$@"; }

# The README's program, beside the artifact that it names.
lay_out_program() {
  block cpp 'int main' >main.cpp
  cp "$artifact" optimized.so
}

check_program() {
  "$@" >output.txt
  diff "$here/expected.txt" output.txt
}

case $step in
  prefix)
    rm -rf "$prefix"
    env -u DESTDIR cmake --install "$build" --prefix "$prefix" >log.txt
    "$prefix/bin/tenon" --version
    "$prefix/bin/tenon-compile" --version
    # Nothing installed remembers the tree that it was built in.
    if grep -rlF "$build" "$prefix/lib/cmake" "$prefix/lib/pkgconfig"; then exit 1; fi
    ;;
  find_package)
    lay_out_program
    cp "$here/consumer/CMakeLists.txt" .
    cmake -B out -DCMAKE_PREFIX_PATH="$prefix" >log.txt
    cmake --build out >>log.txt || { cat log.txt; exit 1; }
    check_program out/app
    ;;
  pkg_config)
    lay_out_program
    export PKG_CONFIG_PATH=$prefix/lib/pkgconfig
    read -ra flags <<<"$(pkg-config --cflags --libs tenon)"
    "${CXX:-g++}" -std=c++23 main.cpp "${flags[@]}" -o app
    LD_LIBRARY_PATH=$prefix/lib check_program ./app
    ;;
  archive)
    lay_out_program
    export PKG_CONFIG_PATH=$prefix/lib/pkgconfig
    # The archive is named whole; only what it needs comes by -l.
    read -ra libraries <<<"$(pkg-config --static --libs-only-l tenon | sed 's/-ltenon//')"
    "${CXX:-g++}" -std=c++23 main.cpp -I"$prefix/include" "$prefix/lib/libtenon.a" \
      "${libraries[@]}" -o app
    check_program ./app
    ;;
  readme_commands)
    cp "$source/examples/assemblyscript-transform/build/optimized.wasm" .
    block sh 'tenon compile' >commands.sh
    PATH=$prefix/bin:$PATH bash -euo pipefail commands.sh >output.txt
    cat output.txt
    grep -qF 'transform: /some/test/1 for payload' output.txt
    ;;
  readme_plugin)
    block ts transform >index.ts
    example=$source/examples/assemblyscript-strings
    (cd "$example" && node_modules/.bin/asc "$work/index.ts" --target release --outFile "$work/readme.wasm")
    export PATH=$prefix/bin:$PATH
    tenon compile readme.wasm -o readme.so
    tenon run readme.so --host-demo --init Hi --key a --payload b >output.txt
    cat output.txt
    grep -qF 'Hi: a for payload b' output.txt
    ;;
  *) echo "unknown step $step" >&2; exit 2 ;;
esac
