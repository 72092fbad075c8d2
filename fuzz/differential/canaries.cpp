#include "canaries.hpp"

#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <semaphore>
#include <stdexcept>
#include <thread>
#include <vector>

namespace tenon::fuzz {
namespace {

constexpr std::size_t kGuard = 4096;  // the least there is
constexpr std::size_t kSleepersStack = 64 * 1024;
// What the harness and the runtime take themselves, beyond the smallest stack
// that threads may have; compiling and loading is done elsewhere.
constexpr std::size_t kWorkersStack = 16 * 1024 + 80 * 1024;
constexpr std::size_t kBlocks = 32, kBlockSize = 2048;
constexpr std::uint64_t kPattern = 0xCA4A21E5CA4A21E5;

using Words = std::array<std::uint64_t, 512>;
thread_local Words sleepers_words;

bool is_whole(const Words& words) {
  return std::ranges::all_of(words, [](std::uint64_t word) { return word == kPattern; });
}

// Whether the kernel has it waiting; what it does before that, it does on its stack.
bool is_asleep(pid_t thread) {
  std::ifstream file("/proc/self/task/" + std::to_string(thread) + "/stat");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto name_end = text.rfind(')');
  return name_end + 2 < text.size() && text[name_end + 2] == 'S';
}

// Of both threads, from low to high: a guard page, the sleeper's, a guard page,
// the worker's. One mapping, since the kernel puts two wherever it has a hole.
class Stacks {
 public:
  Stacks() {
    void* place = mmap(nullptr, kSize, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (place == MAP_FAILED) throw std::runtime_error("no memory for two stacks");
    begin_ = static_cast<std::uint8_t*>(place);
    if (mprotect(sleepers(), kSleepersStack, PROT_READ | PROT_WRITE) != 0 ||
        mprotect(workers(), kWorkersStack, PROT_READ | PROT_WRITE) != 0)
      throw std::runtime_error("no memory for two stacks");
  }
  ~Stacks() { munmap(begin_, kSize); }
  Stacks(const Stacks&) = delete;
  Stacks& operator=(const Stacks&) = delete;

  [[nodiscard]] std::uint8_t* sleepers() const { return begin_ + kGuard; }
  [[nodiscard]] std::uint8_t* workers() const { return sleepers() + kSleepersStack + kGuard; }

 private:
  static constexpr std::size_t kSize = kGuard + kSleepersStack + kGuard + kWorkersStack;
  std::uint8_t* begin_ = nullptr;
};

}  // namespace

struct CanaryThreads::State {
  pthread_t sleeper{}, worker{};
  std::binary_semaphore asleep{0}, start{0}, done{0};
  int wake = eventfd(0, EFD_CLOEXEC);
  pid_t sleepers_id = 0;
  const Words* words = nullptr;
  const std::function<void()>* work = nullptr;
  std::vector<std::uint64_t> sleepers_stack;  // as it is while it sleeps
  Stacks stacks;
  std::vector<std::unique_ptr<std::array<std::uint8_t, kBlockSize>>> blocks;

  static void* sleep(void* argument) {
    auto& state = *static_cast<State*>(argument);
    sleepers_words.fill(kPattern);
    state.words = &sleepers_words;
    state.sleepers_id = gettid();
    state.asleep.release();
    eventfd_t count = 0;
    while (eventfd_read(state.wake, &count) != 0) {}
    return nullptr;
  }
  static void* serve(void* argument) {
    auto& state = *static_cast<State*>(argument);
    for (;;) {
      state.start.acquire();
      if (state.work == nullptr) return nullptr;
      (*state.work)();
      state.done.release();
    }
  }
  pthread_t spawn(void* (*body)(void*), std::uint8_t* stack, std::size_t stack_size) {
    pthread_attr_t attributes;
    pthread_t thread{};
    pthread_attr_init(&attributes);
    pthread_attr_setstack(&attributes, stack, stack_size);
    const bool made = pthread_create(&thread, &attributes, body, this) == 0;
    pthread_attr_destroy(&attributes);
    if (!made) throw std::runtime_error("cannot start a thread");
    return thread;
  }
};

// Every word, also those between the sleeper's variables, which the address sanitizer
// takes for nobody's (and which is why no library function may read them).
[[gnu::no_sanitize_address]] static std::uint64_t word_at(const std::uint8_t* memory, std::size_t index) {
  return reinterpret_cast<const volatile std::uint64_t*>(memory)[index];
}

CanaryThreads::CanaryThreads() : state_(std::make_unique<State>()) {
  State& state = *state_;
  for (std::size_t i = 0; i < kBlocks; ++i) {
    state.blocks.push_back(std::make_unique<std::array<std::uint8_t, kBlockSize>>());
    state.blocks.back()->fill(static_cast<std::uint8_t>(0xA0 + i));
  }
  state.worker = state.spawn(State::serve, state.stacks.workers(), kWorkersStack);
  state.sleeper = state.spawn(State::sleep, state.stacks.sleepers(), kSleepersStack);
  state.asleep.acquire();
  while (!is_asleep(state.sleepers_id)) std::this_thread::yield();
  for (std::size_t i = 0; i < kSleepersStack / sizeof(std::uint64_t); ++i)
    state.sleepers_stack.push_back(word_at(state.stacks.sleepers(), i));
}

CanaryThreads::~CanaryThreads() {
  state_->work = nullptr;
  state_->start.release();
  eventfd_write(state_->wake, 1);
  pthread_join(state_->worker, nullptr);
  pthread_join(state_->sleeper, nullptr);
  close(state_->wake);
}

void CanaryThreads::run(const std::function<void()>& work) {
  state_->work = &work;
  state_->start.release();
  state_->done.acquire();
}

std::optional<std::string> CanaryThreads::touched() const {
  const State& state = *state_;
  if (!is_whole(*state.words)) return "a thread_local of another thread was overwritten";
  for (std::size_t i = 0; i < state.sleepers_stack.size(); ++i) {
    if (word_at(state.stacks.sleepers(), i) != state.sleepers_stack[i])
      return "another thread's stack was overwritten, " +
             std::to_string(kSleepersStack - i * sizeof(std::uint64_t)) + " bytes below its end";
  }
  for (std::size_t i = 0; i < kBlocks; ++i) {
    const auto pattern = static_cast<std::uint8_t>(0xA0 + i);
    if (!std::ranges::all_of(*state.blocks[i], [pattern](std::uint8_t b) { return b == pattern; }))
      return "the heap was overwritten";
  }
  return std::nullopt;
}

}  // namespace tenon::fuzz
