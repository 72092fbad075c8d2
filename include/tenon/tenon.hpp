// Everything a host program needs. See tenon/plugin.hpp for the usual way in,
// tenon/store.hpp for instances without the plugin layer.
#pragma once

#include <tenon/artifact_info.hpp>
#include <tenon/error.hpp>
#include <tenon/host_function.hpp>
#include <tenon/module.hpp>
#include <tenon/plugin.hpp>
#include <tenon/shared_memory.hpp>
#include <tenon/store.hpp>
#include <tenon/types.hpp>
#include <tenon/value.hpp>
#include <tenon/wasi.hpp>
