// What the public handles point to. Nothing here is for users.
#pragma once

#include <tenon/api.hpp>

namespace tenon::artifact {
struct FunctionRecord;
}

namespace tenon::plugin {
struct Entry;
struct PoolMember;
class PoolState;
class ReloadableState;
}  // namespace tenon::plugin

namespace tenon::runtime {
struct Access;  // the one friend of all handles, by which Tenon's own layers look inside
class InstanceImpl;
class Interruption;
class MemoryImpl;
class ModuleImpl;
class SnapshotImpl;
class StoreImpl;
class TableImpl;
struct Definitions;
struct GlobalImpl;
struct TagImpl;
}  // namespace tenon::runtime
