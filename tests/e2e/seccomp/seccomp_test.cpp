// Plugins in a process that may do hardly anything: the profile of docs/hardening.md is enough, and
// it holds.
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <functional>

#include <gtest/gtest.h>
#include <tenon/tenon.hpp>

#include "seccomp/profile.hpp"
#include "support/wat.hpp"

namespace tenon::e2e {
namespace {

using namespace std::chrono_literals;

constexpr int kNoSeccomp = 77;

// Does `work` in a process of its own under the profile: its exit status, or minus the signal that
// ended it.
int run_restricted(const std::function<bool()>& work) {
  const pid_t child = fork();
  if (child == 0) {
    if (!restrict_system_calls()) _exit(kNoSeccomp);
    _exit(work() ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

bool says(const char* what, bool is_so) {
  if (!is_so) dprintf(STDERR_FILENO, "not so: %s\n", what);
  return is_so;
}

template <typename Result>
bool ends_with(const Result& result, ErrorCode code) {
  if (!result && result.error().code == code) return true;
  dprintf(STDERR_FILENO, "%s\n", result ? "no error" : to_string(result.error()).c_str());
  return false;
}

class Seccomp : public testing::Test {
 protected:
  void SetUp() override {
    if (run_restricted([] { return true; }) == kNoSeccomp) GTEST_SKIP() << "this system has no seccomp";
  }
};

TEST_F(Seccomp, TrapsAndTimeouts) {
  const tests::Guest guest(R"((module (memory (export "memory") 1 100)
    (func (export "trap") unreachable)
    (func (export "fault") (drop (i32.load (i32.const -4))) (i32.store (i32.const -4) (i32.const 1)))
    (func (export "recurse") (call 2))
    (func (export "grow") (result i32) (memory.grow (i32.const 9)))
    (func (export "spin") (loop (br 0)))))");
  const auto path = guest.artifact();
  EXPECT_EQ(run_restricted([&] {
              const auto module = Module::load(path, {.private_copy = true});
              if (!says("loads", module.has_value())) return false;
              const auto call = [&](const char* name) -> std::expected<void, Error> {
                Store store({.timeout = 50ms});
                const auto instance = store.instantiate(*module);
                if (!instance) return std::unexpected(instance.error());
                return instance->function<void()>(name).value()();
              };
              Store store;
              const auto instance = store.instantiate(*module).value();
              return ends_with(call("trap"), ErrorCode::trap) && ends_with(call("fault"), ErrorCode::trap) &&
                     ends_with(call("recurse"), ErrorCode::trap) &&
                     ends_with(call("spin"), ErrorCode::timeout) &&
                     says("grows", instance.function<int()>("grow").value()().value() == 1);
            }),
            0);
}

TEST_F(Seccomp, TheExample) {
  const auto wasm = tests::read_file(TENON_EXAMPLE_WASM);
  if (wasm.empty()) GTEST_SKIP() << TENON_EXAMPLE_WASM << " is not built (needs npm)";
  const tests::Guest guest{base::ByteView(wasm)};
  const auto path = guest.artifact();
  EXPECT_EQ(run_restricted([&] {
              auto plugin = Plugin::load(
                  path, PluginOptions{}
                            .timeout(10s)
                            .host_function("custom", "tests", [](int i) { return i + 1; })
                            .host_function("custom", "tests2", [](std::int64_t i) { return i + 2; }));
              if (!says("loads", plugin.has_value())) return false;
              if (!says("starts", plugin->init("Some input we have").has_value())) return false;
              for (int i = 0; i < 1000; ++i) {
                if (!says("answers", plugin->execute("/some/test/1", R"({"temperature": 1 })").has_value()))
                  return false;
              }
              return true;
            }),
            0);
}

// `look` is the first byte of the file "note" of the given directory, and as many as `list` has
// bytes of entries. Below 0: what failed.
constexpr char kReader[] = R"((module
  (import "wasi_snapshot_preview1" "path_open"
    (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_readdir" (func $readdir (param i32 i32 i32 i64 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "note")
  (data (i32.const 32) "\40\00\00\00\01\00\00\00")
  (func (export "look") (result i32)
    (if (call $open (i32.const 3) (i32.const 1) (i32.const 16) (i32.const 4) (i32.const 0) (i64.const 2) (i64.const 0)
                    (i32.const 0) (i32.const 24)) (then (return (i32.const -1))))
    (if (call $read (i32.load (i32.const 24)) (i32.const 32) (i32.const 1) (i32.const 28)) (then (return (i32.const -2))))
    (i32.load8_u (i32.const 64)))
  (func (export "list") (result i32)
    (if (call $readdir (i32.const 3) (i32.const 1024) (i32.const 4096) (i64.const 0) (i32.const 28)) (then (return (i32.const -1))))
    (i32.load (i32.const 28)))))";

TEST_F(Seccomp, AGivenDirectory) {
  const tests::TempDir dir;
  tests::write_text(dir / "note", "X marks it");
  const tests::Guest guest(kReader);
  const auto path = guest.artifact();
  EXPECT_EQ(
      run_restricted([&] {
        const auto module = Module::load(path);
        if (!says("loads", module.has_value())) return false;
        Imports imports;
        if (!says("is given", add_wasi(imports, WasiOptions{}.preopen(dir.path(), "/data")).has_value()))
          return false;
        Store store;
        const auto instance = store.instantiate(*module, imports).value();
        const int byte = instance.function<int()>("look").value()().value();
        return says("reads", byte == 'X') &&
               says("lists", instance.function<int()>("list").value()().value() > 24);
      }),
      0);
}

TEST_F(Seccomp, WhatAPluginNeverNeedsEndsTheProcess) {
  const tests::TempDir dir;
  const std::string file = dir / "file";
  const std::function<void()> attempts[] = {
      [] { socket(AF_INET, SOCK_STREAM, 0); },
      [&] { open(file.c_str(), O_WRONLY | O_CREAT, 0600); },
      [] { execl("/bin/true", "true", nullptr); },
      [] { syscall(SYS_clone, SIGCHLD, nullptr, nullptr, nullptr, nullptr); },
      [] { mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); },
      [] {
        void* page = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        mprotect(page, 4096, PROT_READ | PROT_EXEC);
      },
  };
  for (const auto& attempt : attempts) {
    EXPECT_EQ(run_restricted([&] {
                attempt();
                return true;
              }),
              -SIGSYS);
  }
}

}  // namespace
}  // namespace tenon::e2e
