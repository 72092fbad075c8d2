// Ending a call from outside: deadlines (PluginOptions::timeout) and interrupts.
//
//   tenon::InterruptHandle handle = *plugin->interrupt_handle();   // loaded with a timeout, or interruptible
//   std::jthread other([handle] { handle.interrupt(); });
//   auto result = plugin->execute("key", "payload");   // may end with ErrorCode::interrupted
//
// Guest code pays nothing for this. A call whose time is over, or that somebody
// interrupts, gets a signal on its thread, by which guest code stops where it is, as by a
// trap: the instance is poisoned. A host function, and the host's code between calls of
// the guest, is never stopped in the middle; the call ends when it returns to the guest.
// Meanwhile the signal is sent again now and then, so that what such code waits for may end
// early (EINTR), as with any signal.
#pragma once

#include <expected>
#include <memory>
#include <utility>

#include <tenon/api.hpp>
#include <tenon/detail/forward.hpp>
#include <tenon/error.hpp>

namespace tenon TENON_API {

// A value that may be copied, kept and used by any thread at any time, also when the plugin
// is gone.
class InterruptHandle {
 public:
  // Asks the call that runs at this moment to end: it fails with ErrorCode::interrupted, unless
  // the guest returns before the signal reaches it. False where no call runs; a call that
  // begins later is not affected. May be called from a host function of the call itself.
  bool interrupt() const noexcept;

 private:
  friend struct runtime::Access;
  explicit InterruptHandle(std::shared_ptr<runtime::Interruption> impl) : impl_(std::move(impl)) {}

  std::shared_ptr<runtime::Interruption> impl_;
};

// The signal that stops guest code, for the whole process; by default SIGURG, which programs
// seldom use and which does nothing where nobody handles it. A handler that was there before
// gets each signal that is not ours. To be called before the first plugin with a timeout or
// an InterruptHandle is loaded. Errors: invalid_argument, after that, for a number that is no
// signal that can be handled, and for those that Tenon and abort() use.
[[nodiscard]] std::expected<void, Error> set_interrupt_signal(int signal);

}  // namespace tenon
