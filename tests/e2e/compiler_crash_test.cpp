// A crash of LLVM once ended `tenon compile` without a word. Whatever ends the
// code generator: one line, exit status 1, and nothing left behind.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <sstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/process.hpp"
#include "support/wat.hpp"

namespace tenon::e2e {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

// Takes some seconds to compile.
std::string large_module() {
  std::string text = "(module (memory 1)\n";
  for (int i = 0; i < 3000; ++i) {
    text += "(func (export \"f" + std::to_string(i) + "\") (param i32 i32) (result i32) (local i32)\n";
    for (int j = 0; j < 12; ++j) {
      text += "(if (i32.gt_u (local.get 0) (i32.const " + std::to_string(7 * i + j) +
              ")) (then (i32.store (i32.mul (local.get 1) (i32.const " + std::to_string(i + j) +
              ")) (i32.add (local.get 2) (i32.load (local.get 0)))) (local.set 2 (i32.xor (local.get 0) "
              "(local.get 2)))))\n";
    }
    text += "(local.get 2))\n";
  }
  return text + ")";
}

class CompilerCrash : public testing::Test {
 protected:
  void SetUp() override {
    static const auto wasm = tests::wat_to_wasm(large_module());
    tests::write_file(dir_ / "large.wasm", wasm);
    tests::write_text(dir_ / "large.so", "what was here before");
    std::filesystem::create_directory(dir_ / "tmp");
  }

  void start(int resource = -1, rlim_t limit = 0, const char* option = nullptr, rlim_t further = 0) {
    const std::string input = dir_ / "large.wasm", output = dir_ / "large.so";
    process_ = fork();
    if (process_ != 0) return;
    const rlimit both{limit, limit + further};
    const rlimit no_core{0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    if (resource >= 0) setrlimit(static_cast<__rlimit_resource>(resource), &both);
    setenv("TMPDIR", (dir_ / "tmp").c_str(), 1);
    static_cast<void>(freopen((dir_ / "err").c_str(), "w", stderr));
    execl(TENON_COMPILE, "tenon-compile", input.c_str(), "-o", output.c_str(), "-O3", "-j1", option, nullptr);
    _exit(127);
  }

  // The process that does the work, once there is one.
  pid_t worker() const {
    const auto id = std::to_string(process_);
    for (;;) {
      const auto children = tests::read_text("/proc/" + id + "/task/" + id + "/children");
      if (!children.empty()) return std::stoi(children);
      siginfo_t ended{};
      waitid(P_PID, static_cast<id_t>(process_), &ended, WEXITED | WNOHANG | WNOWAIT);
      if (ended.si_pid != 0)
        throw std::runtime_error("ended before it had a child: " + tests::read_text(dir_ / "err"));
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }

  int wait() const {
    int status = 0;
    while (waitpid(process_, &status, 0) < 0 && errno == EINTR) {}
    return status;
  }

  void expect_one_line(const std::string& why) {
    const int status = wait();
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 1);
    const auto text = tests::read_text(dir_ / "err");
    EXPECT_THAT(text, StartsWith("tenon: compile: " + std::string(dir_ / "large.wasm") + ": "));
    EXPECT_THAT(text, HasSubstr(why));
    EXPECT_EQ(text.find('\n'), text.size() - 1) << text;
    expect_nothing_left();
  }

  void expect_nothing_left() {
    EXPECT_TRUE(tests::read_text(dir_ / "large.so") == "what was here before");
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(dir_.path()))
      names.push_back(entry.path().filename());
    std::ranges::sort(names);
    EXPECT_THAT(names, ElementsAre("err", "large.so", "large.wasm", "tmp"));
  }

  tests::TempDir dir_;
  pid_t process_ = 0;
};

TEST_F(CompilerCrash, ByASignalIsOneLineThatSaysWhatToDo) {
  for (const int signal : {SIGSEGV, SIGTRAP, SIGABRT, SIGILL, SIGBUS}) {
    start();
    kill(worker(), signal);
    expect_one_line(std::string("the code generator crashed (") + strsignal(signal) +
                    "); try -O0 or another level, and report it with the module");
  }
}

TEST_F(CompilerCrash, KilledForMemoryIsOneLine) {
  start();
  kill(worker(), SIGKILL);
  expect_one_line("the code generator was killed, as the system does where memory runs out");
}

#if !defined(__SANITIZE_ADDRESS__)  // which reserves more than any limit
TEST_F(CompilerCrash, MemoryThatRunsOutIsOneLine) {
  start();
  const pid_t child = worker();
  rlim_t pages = 0;  // that it has to begin with
  std::istringstream(tests::read_text("/proc/" + std::to_string(child) + "/statm")) >> pages;
  kill(process_, SIGKILL);
  wait();
  start(RLIMIT_AS, pages * static_cast<rlim_t>(sysconf(_SC_PAGESIZE)) + (rlim_t{24} << 20));
  expect_one_line("memory ran out");
}
#endif

TEST_F(CompilerCrash, ProcessorTimeThatRunsOutIsOneLine) {
  for (const rlim_t further : {10, 0}) {  // up to where the system kills
    start(RLIMIT_CPU, 1, nullptr, further);
    expect_one_line("the limit of processor time ran out");
  }
}

// The compiler ends by itself what takes it out of proportion.
TEST_F(CompilerCrash, MoreProcessorTimeThanAllowedIsOneLine) {
  start(-1, 0, "--time-limit=1");
  expect_one_line("compiling takes more than 1 s of processor time, the limit that --time-limit gives; try ");
}

#if !defined(__SANITIZE_ADDRESS__)
TEST_F(CompilerCrash, MoreMemoryThanAllowedIsOneLine) {
  start(-1, 0, "--memory-limit=24M");
  expect_one_line("compiling takes more than 24 MiB of memory, the limit that --memory-limit gives; try ");
}
#endif

// Ctrl-C, or a supervisor that has enough of it.
TEST_F(CompilerCrash, WhoIsInterruptedEndsAtOnceWithTheWorker) {
  for (const bool is_worker : {false, true}) {
    start();
    const pid_t child = worker();
    kill(is_worker ? child : process_, SIGINT);
    const int status = wait();
    EXPECT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(WTERMSIG(status), SIGINT);
    // A grandchild that is gone may stay a zombie until somebody above waits for it.
    const auto state = [&] { return tests::read_text("/proc/" + std::to_string(child) + "/stat"); };
    while (!state().empty() && state().find(") Z ") == std::string::npos) {}
    expect_nothing_left();
  }
}

}  // namespace
}  // namespace tenon::e2e
