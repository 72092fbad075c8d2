// Work on many texts by several threads, with the results in the order of the texts.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace tenon::tool {

// What is under way is bounded, in number and in bytes: where one text takes long, those behind
// it wait, and so does whoever pushes.
//
// push() and finish() are for one thread. There is no thread that only writes: whoever is done
// with the oldest text writes its result, and those behind it that are ready.
class InOrder {
 public:
  // What becomes of a text. Called by several threads at a time.
  using Work = std::function<std::string(const std::string& text, std::size_t number)>;
  // Takes results, one behind the other in one text. Called by one thread at a time. `is_all`:
  // nobody has anything to begin with, so somebody may be waiting for these. False: there is
  // no use in going on.
  using Write = std::function<bool(std::string_view results, bool is_all)>;

  static constexpr std::size_t kMostTexts = 1024;
  static constexpr std::size_t kMostBytes = std::size_t{64} << 20;  // of texts and results, beyond one text

  // Throws std::system_error where there are no threads.
  InOrder(std::size_t threads, Work work, Write write);
  ~InOrder();  // gives up what is not begun
  InOrder(const InOrder&) = delete;
  InOrder& operator=(const InOrder&) = delete;

  // Waits for room. False: there is no use in going on.
  bool push(std::string text, std::size_t number);
  // Waits for everything. Throws what the work threw, which stopped everything.
  void finish();
  // Becomes readable when there is no use in going on.
  [[nodiscard]] int stop_descriptor() const { return stop_; }

 private:
  using Lock = std::unique_lock<std::mutex>;
  struct Item {
    std::string text;  // then the result
    std::size_t number;
    bool is_done = false;
  };

  void run();
  void work_on(Item& item, Lock& lock);
  void write_ready(Lock& lock);
  void change_bytes(std::size_t more, std::size_t less);
  void stop();  // under the lock
  void join();
  [[nodiscard]] bool has_room(std::size_t size) const;
  [[nodiscard]] bool may_begin() const;

  const Work work_;
  const Write write_;
  const int stop_;

  std::mutex mutex_;
  std::condition_variable more_;  // to begin with, or the end
  std::condition_variable room_;
  std::deque<Item> items_;  // from the oldest whose result is not written
  std::size_t begun_ = 0;   // of these; the first ones
  std::size_t bytes_ = 0;   // of these, and of what is being written
  bool is_writing_ = false;
  bool has_ended_ = false;  // nothing more is pushed
  bool is_stopped_ = false;
  std::exception_ptr thrown_;
  std::vector<std::thread> threads_;
};

}  // namespace tenon::tool
