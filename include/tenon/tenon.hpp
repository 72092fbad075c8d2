// Everything a host program needs, in one line. tenon/plugin.hpp is the usual way in;
// tenon/store.hpp is for instances without the plugin layer.
//
//   auto plugin = tenon::Plugin::load("optimized.so");
//   if (!plugin) return fail(plugin.error());
//   auto out = plugin->execute("/some/test/1", "{}");
//
// Link libtenon (CMake: tenon::tenon, pkg-config: tenon). It needs Linux and C++23, holds
// no compiler, and keeps no state of its own but what it must for the process: handlers of
// SIGSEGV, SIGBUS, SIGILL and SIGFPE, which pass on every signal that is no guest's, and a
// stack for each thread that has called a guest. With timeouts or interrupts there are a
// handler and a thread more (tenon/interrupt.hpp).
#pragma once

#include <tenon/artifact_info.hpp>
#include <tenon/assemblyscript.hpp>
#include <tenon/error.hpp>
#include <tenon/function.hpp>
#include <tenon/global.hpp>
#include <tenon/host_function.hpp>
#include <tenon/imports.hpp>
#include <tenon/instance.hpp>
#include <tenon/interrupt.hpp>
#include <tenon/memory.hpp>
#include <tenon/module.hpp>
#include <tenon/plugin.hpp>
#include <tenon/plugin_function.hpp>
#include <tenon/pool.hpp>
#include <tenon/pool_statistics.hpp>
#include <tenon/reloadable.hpp>
#include <tenon/shared_memory.hpp>
#include <tenon/signals.hpp>
#include <tenon/store.hpp>
#include <tenon/table.hpp>
#include <tenon/tag.hpp>
#include <tenon/trust.hpp>
#include <tenon/types.hpp>
#include <tenon/value.hpp>
#include <tenon/wasi.hpp>
