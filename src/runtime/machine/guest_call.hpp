// A guest's call of a host function, as tenon_host_thunk saved the machine's registers.
#pragma once

#include <cstdint>

#include <tenon/types.hpp>

namespace tenon::runtime {

struct GuestCall;

// Copy arguments to slots and results from slots (artifact/slots.hpp), of which there are
// as many as the type needs.
void read_arguments(const GuestCall& call, const FunctionType& type, std::uint64_t* slots) noexcept;
void write_results(GuestCall& call, const FunctionType& type, const std::uint64_t* slots) noexcept;

}  // namespace tenon::runtime
