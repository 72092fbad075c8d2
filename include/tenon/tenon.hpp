// Everything a host program needs. tenon/plugin.hpp is the usual way in; tenon/store.hpp
// is for instances without the plugin layer.
//
//   auto plugin = tenon::Plugin::load("optimized.so");
//   auto out = plugin->execute("/some/test/1", "{}");
#pragma once

#include <tenon/artifact_info.hpp>
#include <tenon/assemblyscript.hpp>
#include <tenon/error.hpp>
#include <tenon/function.hpp>
#include <tenon/global.hpp>
#include <tenon/host_function.hpp>
#include <tenon/imports.hpp>
#include <tenon/instance.hpp>
#include <tenon/memory.hpp>
#include <tenon/module.hpp>
#include <tenon/plugin.hpp>
#include <tenon/shared_memory.hpp>
#include <tenon/store.hpp>
#include <tenon/table.hpp>
#include <tenon/tag.hpp>
#include <tenon/types.hpp>
#include <tenon/value.hpp>
#include <tenon/wasi.hpp>
