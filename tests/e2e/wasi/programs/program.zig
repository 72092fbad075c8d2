// What every program here does, in Zig and by its standard library: see programs.py. Without a C
// library it knows no paths from "/", so it looks for the directories that it was given by name.
const std = @import("std");
const wasi = std.os.wasi;

const gpa = std.heap.wasm_allocator;

fn print(comptime format: []const u8, arguments: anytype) void {
    const line = std.fmt.allocPrint(gpa, format ++ "\n", arguments) catch @panic("memory");
    defer gpa.free(line);
    std.fs.File.stdout().writeAll(line) catch std.process.exit(1);
}

fn files(root: std.fs.Dir) !void {
    try root.writeFile(.{ .sub_path = "notes", .data = "first line\nsecond line\n" });
    {
        const notes = try root.openFile("notes", .{ .mode = .read_write });
        defer notes.close();
        var word: [4]u8 = undefined;
        try notes.seekTo(6);
        _ = try notes.readAll(&word);
        print("at 6: {s}", .{word});
        try notes.seekFromEnd(-5);
        try notes.writeAll("LINE");
        if (try notes.getPos() != 22) return error.Position;
    }
    try root.makePath("tree/below");
    try root.writeFile(.{ .sub_path = "tree/below/leaf", .data = "leaf" });
    try root.writeFile(.{ .sub_path = "tree/gone", .data = "" });
    try root.rename("notes", "tree/notes");
    if (root.statFile("notes")) |_| return error.StillThere else |err| if (err != error.FileNotFound) return err;
    try root.deleteFile("tree/gone");
    try walk();
}

fn before(_: void, one: []const u8, other: []const u8) bool {
    return std.mem.lessThan(u8, one, other);
}

fn walk() !void {
    var directory = try given("/files").openDir(".", .{ .iterate = true });
    defer directory.close();
    var lines: std.ArrayListUnmanaged([]const u8) = .empty;
    var walker = try directory.walk(gpa);
    defer walker.deinit();
    while (try walker.next()) |entry| {
        try lines.append(gpa, if (entry.kind == .directory)
            try std.fmt.allocPrint(gpa, "/files/{s}/", .{entry.path})
        else
            try std.fmt.allocPrint(gpa, "/files/{s} {d}", .{ entry.path, (try entry.dir.statFile(entry.basename)).size }));
    }
    std.mem.sort([]const u8, lines.items, {}, before);
    for (lines.items) |line| print("{s}", .{line});
}

fn given(name: []const u8) std.fs.Dir {
    const preopens = std.fs.wasi.preopensAlloc(gpa) catch @panic("memory");
    return .{ .fd = preopens.find(name) orelse @panic("not given") };
}

fn refusals(root: std.fs.Dir, data: std.fs.Dir) !void {
    print("outside: {s}", .{if (root.openFile("../../etc/passwd", .{})) |_| "open" else |_| "refused"});
    print("not given: {s}", .{if (root.openFile("/etc/passwd", .{})) |_| "open" else |_| "refused"});
    print("read only: {s}", .{if (data.createFile("new", .{})) |_| "made" else |_| "refused"});
    var text: [32]u8 = undefined;
    print("read only: {s}", .{try data.readFile("given", &text)});
}

// Sleeps, and polls a stream and a clock that is far away.
fn waits() !void {
    var timer = try std.time.Timer.start();
    std.Thread.sleep(20 * std.time.ns_per_ms);
    const passed = timer.read();
    const wanted = [_]wasi.subscription_t{
        .{ .userdata = 1, .u = .{ .tag = .FD_WRITE, .u = .{ .fd_write = .{ .fd = 1 } } } },
        .{ .userdata = 2, .u = .{ .tag = .CLOCK, .u = .{ .clock = .{
            .id = .MONOTONIC,
            .timeout = 1000 * std.time.ns_per_s,
            .precision = 0,
            .flags = 0,
        } } } },
    };
    var events: [2]wasi.event_t = undefined;
    var count: usize = 0;
    if (wasi.poll_oneoff(&wanted[0], &events[0], wanted.len, &count) != .SUCCESS) return error.Poll;
    if (count != 1 or events[0].userdata != 1) return error.Poll;
    print("{s}", .{if (passed >= 20 * std.time.ns_per_ms) "slept" else "woke early"});
}

pub fn main() !void {
    for ((try std.process.argsAlloc(gpa))[1..]) |argument| print("argument {s}", .{argument});
    const environment = try std.process.getEnvMap(gpa);
    print("environment {s}", .{environment.get("GREETING") orelse "none"});
    const root = given("/files");
    try files(root);
    try refusals(root, given("/data"));
    try waits();
    const input = try std.fs.File.stdin().readToEndAlloc(gpa, 4096);
    var lines = std.mem.tokenizeScalar(u8, input, '\n');
    while (lines.next()) |line| print("input {s}", .{line});
    std.process.exit(7);
}
