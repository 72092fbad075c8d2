// What every program here does, in AssemblyScript: see programs.py. Its standard library knows no
// files, so it calls WASI's functions itself, by the layouts of the version that ./wasi stands for.
import {
  args_get, args_sizes_get, clock_time_get, clockid, environ_get, environ_sizes_get, errno, eventtype, fd_close,
  fd_prestat_dir_name, fd_prestat_get, fd_read, fd_readdir, fd_seek, fd_tell, fd_write, filestat, filetype, oflags,
  path_create_directory, path_filestat_get, path_open, path_rename, path_unlink_file, poll_oneoff, prestat, proc_exit,
  rights, subscription_clock, whence
} from "./wasi";

const READ: u64 = rights.FD_READ | rights.FD_SEEK | rights.FD_TELL;
const WRITE: u64 = rights.FD_WRITE;
const LIST: u64 = rights.FD_READDIR;

// Memory that WASI fills; it lives as long as the arrays.
const resultBytes = new Uint8Array(64), vectorBytes = new Uint8Array(8);
const roomBytes = new Uint8Array(4096), entriesBytes = new Uint8Array(4096);
const result = resultBytes.dataStart, vector = vectorBytes.dataStart;
const room = roomBytes.dataStart, entries = entriesBytes.dataStart;

function fail(what: string): void {
  print("failed: " + what);
  proc_exit(1);
}

function check(error: errno, what: string): void {
  if (error != errno.SUCCESS) fail(what + ": errno " + (<i32>error).toString());
}

function write(descriptor: u32, text: string): void {
  const bytes = String.UTF8.encode(text);
  store<u32>(vector, <u32>changetype<usize>(bytes));
  store<u32>(vector, <u32>bytes.byteLength, 4);
  if (fd_write(descriptor, vector, 1, result) != errno.SUCCESS || load<u32>(result) != <u32>bytes.byteLength) proc_exit(1);
}

function print(line: string): void {
  write(1, line + "\n");
}

function read(descriptor: u32, size: u32): string {
  store<u32>(vector, <u32>room);
  store<u32>(vector, size, 4);
  check(fd_read(descriptor, vector, 1, result), "read");
  return String.UTF8.decodeUnsafe(room, load<u32>(result));
}

// The descriptor of a directory that the host gave.
function given(name: string): u32 {
  for (let descriptor: u32 = 3; fd_prestat_get(descriptor, changetype<prestat>(result)) == errno.SUCCESS; ++descriptor) {
    const size = load<u32>(result, 4);
    check(fd_prestat_dir_name(descriptor, room, size), name);
    if (String.UTF8.decodeUnsafe(room, size) == name) return descriptor;
  }
  fail(name);
  return 0;
}

function open(directory: u32, path: string, flags: oflags, wanted: u64): errno {
  const bytes = String.UTF8.encode(path);
  return path_open(directory, 0, changetype<usize>(bytes), bytes.byteLength, flags, wanted, wanted, 0, result);
}

function opened(directory: u32, path: string, flags: oflags, wanted: u64): u32 {
  check(open(directory, path, flags, wanted), path);
  return load<u32>(result);
}

function writeText(directory: u32, path: string, text: string): void {
  const file = opened(directory, path, oflags.CREAT | oflags.TRUNC, WRITE);
  if (text.length > 0) write(file, text);
  check(fd_close(file), path);
}

function stat(directory: u32, path: string): errno {
  const bytes = String.UTF8.encode(path);
  return path_filestat_get(directory, 0, changetype<usize>(bytes), bytes.byteLength, changetype<filestat>(result));
}

function makeDirectory(directory: u32, path: string): void {
  const bytes = String.UTF8.encode(path);
  check(path_create_directory(directory, changetype<usize>(bytes), bytes.byteLength), path);
}

function rename(directory: u32, from: string, to: string): void {
  const source = String.UTF8.encode(from), target = String.UTF8.encode(to);
  check(path_rename(directory, changetype<usize>(source), source.byteLength, directory, changetype<usize>(target),
                    target.byteLength), from);
}

function remove(directory: u32, path: string): void {
  const bytes = String.UTF8.encode(path);
  check(path_unlink_file(directory, changetype<usize>(bytes), bytes.byteLength), path);
}

function list(root: u32, path: string): string[] {
  const names: string[] = [];
  const directory = opened(root, path, oflags.DIRECTORY, LIST);
  check(fd_readdir(directory, entries, 4096, 0, result), path);
  const end = entries + load<u32>(result);
  for (let at = entries; at < end; ) {
    const size = load<u32>(at, 16);
    const entry = String.UTF8.decodeUnsafe(at + 24, size);
    if (!entry.startsWith(".")) names.push(entry);
    at += 24 + size;
  }
  check(fd_close(directory), path);
  return names.sort();
}

function walk(root: u32, name: string, path: string): void {
  const names = list(root, path);
  for (let i = 0; i < names.length; ++i) {
    const below = path + "/" + names[i];
    check(stat(root, below), below);
    const found = changetype<filestat>(result);
    if (found.filetype == filetype.DIRECTORY) {
      print(name + below.substring(1) + "/");
      walk(root, name, below);
    } else {
      print(name + below.substring(1) + " " + found.size.toString());
      if (found.nlink != 1) fail("links");
    }
  }
}

function files(): void {
  const root = given("/files");
  writeText(root, "notes", "first line\nsecond line\n");
  const notes = opened(root, "notes", <oflags>0, READ | WRITE);
  check(fd_seek(notes, 2, whence.SET, result), "seek");
  check(fd_seek(notes, 4, whence.CUR, result), "seek");
  print("at " + load<u64>(result).toString() + ": " + read(notes, 4));
  check(fd_seek(notes, -5, whence.END, result), "seek");
  write(notes, "LINE");
  check(fd_tell(notes, result), "tell");
  if (load<u64>(result) != 22) fail("write");
  check(fd_close(notes), "close");
  makeDirectory(root, "tree");
  makeDirectory(root, "tree/below");
  writeText(root, "tree/below/leaf", "leaf");
  writeText(root, "tree/gone", "");
  rename(root, "notes", "tree/notes");
  if (stat(root, "notes") != errno.NOENT) fail("stat");
  remove(root, "tree/gone");
  walk(root, "/files", ".");
}

function refusals(): void {
  const root = given("/files"), data = given("/data");
  print(open(root, "../../etc/passwd", <oflags>0, READ) != errno.SUCCESS ? "outside: refused" : "outside: open");
  print(open(root, "/etc/passwd", <oflags>0, READ) != errno.SUCCESS ? "not given: refused" : "not given: open");
  print(open(data, "new", oflags.CREAT, WRITE) != errno.SUCCESS ? "read only: refused" : "read only: made");
  print("read only: " + read(opened(data, "given", <oflags>0, READ), 32));
}

function now(): u64 {
  check(clock_time_get(clockid.MONOTONIC, 0, result), "clock");
  return load<u64>(result);
}

function waits(): void {
  const before = now();
  const wanted = changetype<subscription_clock>(room);
  memory.fill(room, 0, 64);
  wanted.userdata = 42;
  wanted.type = eventtype.CLOCK;
  wanted.clock_id = clockid.MONOTONIC;
  wanted.timeout = 20000000;
  check(poll_oneoff(room, entries, 1, result), "poll");
  if (load<u32>(result) != 1 || load<u64>(entries) != 42) fail("poll");
  print(now() - before >= 20000000 ? "slept" : "woke early");
}

function texts(isArguments: bool): string[] {
  check(isArguments ? args_sizes_get(result, result + 4) : environ_sizes_get(result, result + 4), "sizes");
  const count = load<u32>(result);
  check(isArguments ? args_get(entries, room) : environ_get(entries, room), "texts");
  const all: string[] = [];
  for (let i: u32 = 0; i < count; ++i) {
    let end: usize = load<u32>(entries + i * 4);
    while (load<u8>(end) != 0) ++end;
    all.push(String.UTF8.decodeUnsafe(load<u32>(entries + i * 4), end - load<u32>(entries + i * 4)));
  }
  return all;
}

// In place of the language's own abort, which is the host's.
function stop(message: string | null, file: string | null, line: u32, column: u32): void {
  proc_exit(2);
}

export function _start(): void {
  const names = texts(true);
  for (let i = 1; i < names.length; ++i) print("argument " + names[i]);
  const variables = texts(false);
  for (let i = 0; i < variables.length; ++i) {
    if (variables[i].startsWith("GREETING=")) print("environment " + variables[i].substring(9));
  }
  files();
  refusals();
  waits();
  let input = "";
  for (let more = read(0, 4096); more.length > 0; more = read(0, 4096)) input += more;
  const lines = input.split("\n");
  for (let i = 0; i < lines.length - 1; ++i) print("input " + lines[i]);
  proc_exit(7);
}
