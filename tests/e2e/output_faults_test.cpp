// What compile, sign and keygen leave behind when something goes wrong while they write: the old
// file, or the whole new one, and nothing beside it.
#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <random>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tenon/module.hpp>

#include "support/process.hpp"

namespace tenon::e2e {
namespace {

using testing::HasSubstr;

// A module of so many functions, which takes a while to compile.
std::string module_of(int functions) {
  std::string text = "(module";
  for (int i = 0; i < functions; ++i)
    text += "(func (export \"f" + std::to_string(i) +
            "\") (param i32) (result i32) (i32.mul (local.get 0) (i32.const " + std::to_string(i) + ")))";
  return text + ")";
}

pid_t start(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), TENON_TOOL);
  std::vector<char*> values;
  for (auto& argument : arguments) values.push_back(argument.data());
  values.push_back(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    const int nowhere = open("/dev/null", O_RDWR);
    for (const int stream : {0, 1, 2}) dup2(nowhere, stream);
    setpgid(0, 0);
    execv(values[0], values.data());
    _exit(127);
  }
  setpgid(child, child);
  return child;
}

int end_of(pid_t child) {
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// The processes whose parent this is.
std::vector<pid_t> children_of(pid_t parent) {
  std::vector<pid_t> found;
  const auto id = std::to_string(parent);
  std::istringstream list(tests::read_text("/proc/" + id + "/task/" + id + "/children"));
  for (pid_t child = 0; list >> child;) found.push_back(child);
  return found;
}

class OutputFaults : public testing::Test {
 protected:
  OutputFaults() {
    tests::write_text(dir_ / "small.wat", module_of(1));
    tests::write_text(dir_ / "large.wat", module_of(300));
    std::filesystem::create_directory(out_);
  }
  tests::ProcessResult tenon(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), TENON_TOOL);
    return tests::run(arguments);
  }
  // With a limit of the shell's on the sizes of files, in blocks of 512 bytes (`ulimit -f`).
  tests::ProcessResult limited(int blocks, const std::string& arguments) {
    return tests::run(
        {"sh", "-c", "ulimit -f " + std::to_string(blocks) + "; exec " TENON_TOOL " " + arguments});
  }
  std::vector<std::string> files() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(out_))
      names.push_back(entry.path().filename());
    std::ranges::sort(names);
    return names;
  }
  static void expect_one_line(const tests::ProcessResult& result, const std::string& what) {
    EXPECT_EQ(result.exit_status, 1);
    EXPECT_EQ(result.signal, 0);
    EXPECT_EQ(std::ranges::count(result.standard_error, '\n'), 1) << result.standard_error;
    EXPECT_THAT(result.standard_error, HasSubstr(what));
  }

  tests::TempDir dir_;
  const std::filesystem::path out_ = dir_ / "out";
  const std::string artifact_ = out_ / "plugin.so";
};

TEST_F(OutputFaults, KilledAtAnyMoment) {
  std::mt19937 random(1);
  // The time that one takes, so that moments are spread over all of it.
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_EQ(end_of(start({"compile", dir_ / "large.wat", "-o", artifact_})), 0);
  const auto whole = std::chrono::steady_clock::now() - begin;
  const auto good = tests::read_file(artifact_);
  std::filesystem::remove(artifact_);
  int killed = 0;
  for (int i = 0; i < 60 && !HasFailure(); ++i) {
    const bool is_child = i % 3 == 2;
    const pid_t process = start({"compile", dir_ / "large.wat", "-o", artifact_});
    std::this_thread::sleep_for(whole * std::uniform_real_distribution<>(0, 1.1)(random));
    if (is_child) {
      for (const pid_t child : children_of(process)) kill(child, SIGKILL);
    } else {
      kill(process, SIGKILL);
    }
    const int status = end_of(process);
    if (status != 0) ++killed;
    // All of it or nothing, and nothing else.
    if (std::filesystem::exists(artifact_)) {
      EXPECT_EQ(tests::read_file(artifact_), good);
    }
    const auto there = files();
    EXPECT_TRUE(there.empty() || there == std::vector<std::string>{"plugin.so"})
        << testing::PrintToString(there);
    EXPECT_TRUE(status != 0 || there.size() == 1);
    std::filesystem::remove(artifact_);
  }
  EXPECT_GT(killed, 10);
}

TEST_F(OutputFaults, ACompilerThatIsKilledTakesItsChildAlong) {
  const pid_t process = start({"compile", dir_ / "large.wat", "-o", artifact_});
  std::vector<pid_t> children;
  for (int i = 0; i < 5000 && children.empty(); ++i) {
    children = children_of(process);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  kill(process, SIGKILL);
  end_of(process);
  ASSERT_FALSE(children.empty());
  for (int i = 0; i < 5000 && kill(children[0], 0) == 0; ++i) {
    // Nobody may be left to wait for it: then it is dead, and has no memory.
    if (tests::read_text("/proc/" + std::to_string(children[0]) + "/maps").empty()) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_TRUE(tests::read_text("/proc/" + std::to_string(children[0]) + "/maps").empty());
}

TEST_F(OutputFaults, AnOldFileStaysWhereANewOneFails) {
  ASSERT_EQ(tenon({"compile", dir_ / "small.wat", "-o", artifact_}).exit_status, 0);
  ASSERT_EQ(tenon({"keygen", "-o", dir_ / "key"}).exit_status, 0);
  const auto old = tests::read_file(artifact_);
  const std::string key = dir_ / "key";
  expect_one_line(limited(40, "compile " + (dir_ / "large.wat").string() + " -o " + artifact_),
                  "no memory for");
  expect_one_line(limited(4, "sign " + artifact_ + " --key " + key + " -o " + artifact_), "File too large");
  EXPECT_EQ(tests::read_file(artifact_), old);
  EXPECT_EQ(files(), std::vector<std::string>{"plugin.so"});
}

TEST_F(OutputFaults, AFullDisk) {
  if (mount("tenon-test", out_.c_str(), "tmpfs", 0, "size=64k") != 0)
    GTEST_SKIP() << "no file system can be mounted here";
  struct Unmount {
    ~Unmount() { umount2(path.c_str(), MNT_DETACH); }
    std::filesystem::path path;
  } unmount{out_};
  ASSERT_EQ(tenon({"compile", dir_ / "small.wat", "-o", dir_ / "small.so"}).exit_status, 0);
  ASSERT_EQ(tenon({"keygen", "-o", dir_ / "key"}).exit_status, 0);
  tests::write_text(artifact_, "old");
  tests::write_text(out_ / "filler", std::string(1 << 20, 'x'));  // as much as goes in
  const auto full = [&](const std::vector<std::string>& arguments) {
    expect_one_line(tenon(arguments), "No space left on device");
  };
  full({"compile", dir_ / "large.wat", "-o", artifact_});
  full({"sign", dir_ / "small.so", "--key", dir_ / "key", "-o", artifact_});
  full({"sign", dir_ / "small.so", "--key", dir_ / "key", "--detached", "-o", out_ / "small.sig"});
  full({"keygen", "-o", out_ / "key"});
  EXPECT_EQ(tests::read_text(artifact_), "old");
  EXPECT_EQ(files(), (std::vector<std::string>{"filler", "plugin.so"}));
  std::filesystem::remove(out_ / "filler");
  EXPECT_EQ(tenon({"compile", dir_ / "small.wat", "-o", artifact_}).exit_status, 0);
}

TEST_F(OutputFaults, ASpecialFileThatIsFull) {
  expect_one_line(tenon({"compile", dir_ / "small.wat", "-o", "/dev/full"}), "No space left on device");
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/full"));
}

TEST_F(OutputFaults, AFolderInThePlaceOfTheFile) {
  ASSERT_EQ(tenon({"compile", dir_ / "small.wat", "-o", dir_ / "small.so"}).exit_status, 0);
  ASSERT_EQ(tenon({"keygen", "-o", dir_ / "key"}).exit_status, 0);
  expect_one_line(tenon({"compile", dir_ / "small.wat", "-o", out_}), "Is a directory");
  expect_one_line(tenon({"compile", dir_ / "small.wat", "-o", out_.string() + "/"}), "Is a directory");
  expect_one_line(tenon({"sign", dir_ / "small.so", "--key", dir_ / "key", "-o", out_}), "Is a directory");
  expect_one_line(tenon({"keygen", "-o", out_}), "is there already");
  expect_one_line(tenon({"compile", dir_ / "small.wat", "-o", out_ / "no" / "plugin.so"}), "No such file");
  EXPECT_TRUE(files().empty());
  EXPECT_FALSE(std::filesystem::exists(out_.string() + ".pub"));
}

// As another user, since root may write everywhere.
TEST_F(OutputFaults, AFolderThatCannotBeWritten) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can become another user";
  ASSERT_EQ(tenon({"compile", dir_ / "small.wat", "-o", artifact_}).exit_status, 0);
  const auto old = tests::read_file(artifact_);
  std::filesystem::permissions(dir_.path(), std::filesystem::perms(0755));
  const auto as_nobody = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"setpriv", "--reuid=65534", "--clear-groups", TENON_TOOL});
    return tests::run(arguments);
  };
  if (as_nobody({"--version"}).exit_status != 0) GTEST_SKIP() << "another user cannot run the program";
  expect_one_line(as_nobody({"compile", dir_ / "small.wat", "-o", artifact_}), "Permission denied");
  expect_one_line(as_nobody({"keygen", "-o", out_ / "key"}), "Permission denied");
  EXPECT_EQ(tests::read_file(artifact_), old);
  EXPECT_EQ(files(), std::vector<std::string>{"plugin.so"});
}

TEST_F(OutputFaults, SeveralAtOnceLeaveOneWholeArtifact) {
  for (const bool is_there : {false, true}) {
    std::vector<pid_t> processes;
    for (int i = 0; i < 8; ++i)
      processes.push_back(
          start({"compile", dir_ / (i % 2 == 0 ? "small.wat" : "large.wat"), "-o", artifact_}));
    for (const pid_t process : processes) EXPECT_EQ(end_of(process), 0);
    const auto module = Module::load(artifact_);
    ASSERT_TRUE(module) << to_string(module.error());
    EXPECT_EQ(files(), std::vector<std::string>{"plugin.so"}) << is_there;
  }
}

TEST_F(OutputFaults, SeveralThatSignOrMakeKeys) {
  ASSERT_EQ(tenon({"compile", dir_ / "small.wat", "-o", dir_ / "small.so"}).exit_status, 0);
  std::vector<pid_t> processes;
  for (int i = 0; i < 8; ++i) processes.push_back(start({"keygen", "-o", out_ / "key"}));
  int made = 0;
  for (const pid_t process : processes) made += end_of(process) == 0;
  EXPECT_EQ(made, 1);  // and the pair belongs together:
  EXPECT_EQ(files(), (std::vector<std::string>{"key", "key.pub"}));
  processes.clear();
  for (int i = 0; i < 8; ++i)
    processes.push_back(start({"sign", dir_ / "small.so", "--key", out_ / "key", "-o", artifact_}));
  for (const pid_t process : processes) EXPECT_EQ(end_of(process), 0);
  EXPECT_EQ(tenon({"verify", artifact_, "--trust", out_ / "key.pub"}).exit_status, 0);
  EXPECT_EQ(files().size(), 3u);
}

TEST_F(OutputFaults, SigningThatIsKilled) {
  std::mt19937 random(1);
  ASSERT_EQ(tenon({"compile", dir_ / "small.wat", "-o", dir_ / "small.so"}).exit_status, 0);
  ASSERT_EQ(tenon({"keygen", "-o", dir_ / "key"}).exit_status, 0);
  for (int i = 0; i < 100 && !HasFailure(); ++i) {
    const bool is_keygen = i % 2 == 1;
    const pid_t process = is_keygen
                              ? start({"keygen", "-o", out_ / "key"})
                              : start({"sign", dir_ / "small.so", "--key", dir_ / "key", "-o", artifact_});
    std::this_thread::sleep_for(std::chrono::microseconds(std::uniform_int_distribution(0, 12'000)(random)));
    kill(process, SIGKILL);
    end_of(process);
    if (std::filesystem::exists(artifact_)) {
      EXPECT_EQ(tenon({"verify", artifact_, "--trust", dir_ / "key.pub"}).exit_status, 0);
    }
    // A public key may be there whose secret one is not; what is there is whole.
    if (std::filesystem::exists(out_ / "key")) {
      EXPECT_TRUE(std::filesystem::exists(out_ / "key.pub"));
      EXPECT_EQ(std::filesystem::file_size(out_ / "key"), std::filesystem::file_size(dir_ / "key"));
    }
    for (const auto& name : files()) {
      EXPECT_TRUE(name == "plugin.so" || name == "key" || name == "key.pub") << name;
      std::filesystem::remove(out_ / name);
    }
  }
}

}  // namespace
}  // namespace tenon::e2e
