#include "contained.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <new>
#include <nlohmann/json.hpp>
#include <system_error>

#include "base/error.hpp"

namespace tenon::tools {

namespace {

using nlohmann::json;

constexpr int kOutOfMemory = 70;  // the child's exit status

// A file in memory that parent and child share.
class SharedFile {
 public:
  explicit SharedFile(const char* name) : descriptor_(memfd_create(name, MFD_CLOEXEC)) {}
  ~SharedFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  SharedFile(const SharedFile&) = delete;
  SharedFile& operator=(const SharedFile&) = delete;

  [[nodiscard]] int get() const { return descriptor_; }

  [[nodiscard]] bool write(const void* from, std::size_t size) const {
    for (std::size_t done = 0; done < size;) {
      const auto count = ::write(descriptor_, static_cast<const char*>(from) + done, size - done);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return false;
      done += static_cast<std::size_t>(count);
    }
    return true;
  }

  template <typename Container>
  [[nodiscard]] Container read(std::size_t most = SIZE_MAX) const {
    Container contents;
    const auto end = lseek(descriptor_, 0, SEEK_END);
    contents.resize(std::min(end > 0 ? static_cast<std::size_t>(end) : 0, most));
    for (std::size_t done = 0; done < contents.size();) {
      const auto count =
          pread(descriptor_, contents.data() + done, contents.size() - done, static_cast<off_t>(done));
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) break;
      done += static_cast<std::size_t>(count);
    }
    return contents;
  }

 private:
  int descriptor_;
};

// Safety: this process has no limit of memory; what the child says is bounded here. (A report that is cut is none.)
constexpr std::size_t kMostWords = 16 << 20;

// What the child leaves: the result, a report on it, and what LLVM, lld or the C
// library had to say, in the child's standard error.
struct Outcome {
  SharedFile bytes{"tenon-artifact"}, report{"tenon-report"}, last_words{"tenon-messages"};
  [[nodiscard]] bool is_open() const {
    return bytes.get() >= 0 && report.get() >= 0 && last_words.get() >= 0;
  }
};

// What went wrong, or the work's report, as the parent reads it.
json report_on(std::expected<Made, Error>& made, const Outcome& outcome, const ChildWork& work) {
  if (made && !outcome.bytes.write(made->bytes.data(), made->bytes.size()))
    made = base::fail(work.phase, ErrorCode::out_of_resources,
                      work.name + ": no memory for the result: " + std::strerror(errno));
  if (made) return {{"report", std::move(made->report)}};
  const Error& error = made.error();
  return {{"error", {error.phase, error.code, error.message}}};
}

// The child's whole life. Exits with 0 where the report is there.
int live(const ChildWork& work, const ChildLimits& limits, const Outcome& outcome) {
  limits.apply();
  std::set_new_handler([] { _exit(kOutOfMemory); });
  const int messages = dup(STDERR_FILENO);
  dup2(outcome.last_words.get(), STDERR_FILENO);
  try {
    auto made = work.run(messages);
    const auto text = report_on(made, outcome, work).dump(-1, ' ', false, json::error_handler_t::replace);
    return outcome.report.write(text.data(), text.size()) ? 0 : kOutOfMemory;
  } catch (const std::bad_alloc&) {
    return kOutOfMemory;
  } catch (const std::system_error&) {  // no thread could be started: there is no room for its stack
    return kOutOfMemory;
  }
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

// Somebody, or the terminal, wants the work to end; that is no fault of the code
// generator.
bool is_wish(int signal) {
  return signal == SIGINT || signal == SIGTERM || signal == SIGHUP || signal == SIGQUIT || signal == SIGPIPE;
}

// Whether the child was killed for the processor time that it took: at the hard limit the
// system sends no SIGXCPU.
bool is_out_of_time(const rusage& used) {
  constexpr double kTick = 0.1;  // by which the system's own account may be ahead
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  rlimit now{};
  return getrlimit(RLIMIT_CPU, &now) == 0 && now.rlim_max != RLIM_INFINITY &&
         seconds(used.ru_utime) + seconds(used.ru_stime) + kTick >= static_cast<double>(now.rlim_max);
}

std::unexpected<Error> fail(ErrorCode code, const ChildWork& work, const std::string& what) {
  return base::fail(work.phase, code, work.name + ": " + what);
}

// LLVM and lld say so, or start threads for which there is no stack; with less than they
// take for nothing at all they may fail in any way.
bool is_want_of_memory(const std::string& words, const ChildLimits& limits) {
  constexpr std::uint64_t kLeast = std::uint64_t{64} << 20;
  const bool is_too_little = limits.bytes > 0 && limits.bytes < kLeast;
  return is_too_little || words.ends_with("out of memory") || words.contains("std::system_error");
}

// What was wrong, and with which code.
std::pair<ErrorCode, std::string> why_it_ended(int status, const rusage& used, const Outcome& outcome,
                                               const ChildLimits& limits, const ChildWork& work) {
  const auto words = first_line(outcome.last_words.read<std::string>(kMostWords));
  const bool is_signal = WIFSIGNALED(status);
  const int signal = is_signal ? WTERMSIG(status) : 0;
  if (is_signal && (signal == SIGXCPU || (signal == SIGKILL && is_out_of_time(used))))
    return {ErrorCode::limit_exceeded, limits.why_out_of_time(work.input_bytes)};
  if (is_signal && signal == SIGKILL)
    return {ErrorCode::out_of_resources, work.who + " was killed, as the system does where memory runs out" +
                                             std::string(limits.how_to_take_less())};
  if ((WIFEXITED(status) && WEXITSTATUS(status) == kOutOfMemory) || is_want_of_memory(words, limits))
    return {ErrorCode::limit_exceeded, limits.why_out_of_memory(work.input_bytes)};
  const auto ended = is_signal ? std::string(strsignal(signal))
                               : "it ended with status " + std::to_string(WEXITSTATUS(status));
  return {ErrorCode::internal,
          work.who + " crashed (" + (words.empty() ? ended : words + "; " + ended) + "); " + work.advice};
}

[[noreturn]] void end_by(int signal) {
  std::signal(signal, SIG_DFL);
  std::raise(signal);
  std::_Exit(128 + signal);  // where the signal is blocked
}

}  // namespace

std::expected<Made, Error> run_in_child(const ChildWork& work, const ChildLimits& limits) {
  const Outcome outcome;
  const pid_t parent = getpid();
  const pid_t child = outcome.is_open() ? fork() : -1;
  if (child < 0) {
    return fail(ErrorCode::out_of_resources, work,
                "no process for " + work.who + ": " + std::strerror(errno));
  }
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) std::_Exit(1);  // it ended before it could be said
    std::exit(live(work, limits, outcome));
  }
  int status = 0;
  rusage used{};
  while (wait4(child, &status, 0, &used) < 0 && errno == EINTR) {}
  const bool is_done = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  if (!is_done && isatty(STDERR_FILENO) == 1) std::fputs("\r\033[K", stderr);  // what progress it showed
  if (WIFSIGNALED(status) && is_wish(WTERMSIG(status))) end_by(WTERMSIG(status));
  if (!is_done) {
    const auto [code, what] = why_it_ended(status, used, outcome, limits, work);
    return fail(code, work, what);
  }
  auto report = json::parse(outcome.report.read<std::string>(kMostWords), nullptr, false);
  if (report.is_discarded()) return fail(ErrorCode::internal, work, work.who + " left no report");
  if (report.contains("error")) {
    const json& error = report["error"];
    return base::fail(error[0].get<Phase>(), error[1].get<ErrorCode>(), error[2].get<std::string>());
  }
  return Made{.report = std::move(report["report"]), .bytes = outcome.bytes.read<base::Bytes>()};
}

}  // namespace tenon::tools
