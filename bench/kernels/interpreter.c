// A stack machine whose instructions are reached through a table of functions;
// its program adds up squares.
#include "kernel.h"

enum { kPush, kAdd, kMultiply, kLoad, kStore, kSubtract, kJumpIfNonzero, kHalt, kOperations };

typedef struct {
  int64_t stack[32];
  int64_t variables[4];
  const int32_t* program;
  uint32_t top, at;
  int running;
} Machine;

static int64_t pop(Machine* m) { return m->stack[--m->top & 31]; }
static void push(Machine* m, int64_t value) { m->stack[m->top++ & 31] = value; }
static int32_t operand(Machine* m) { return m->program[m->at++]; }

static void op_push(Machine* m) { push(m, operand(m)); }
static void op_add(Machine* m) { push(m, pop(m) + pop(m)); }
static void op_multiply(Machine* m) { push(m, pop(m) * pop(m)); }
static void op_load(Machine* m) { push(m, m->variables[operand(m) & 3]); }
static void op_store(Machine* m) { m->variables[operand(m) & 3] = pop(m); }
static void op_subtract(Machine* m) {
  const int64_t right = pop(m);
  push(m, pop(m) - right);
}
static void op_jump_if_nonzero(Machine* m) {
  const int32_t target = operand(m);
  if (pop(m) != 0) m->at = (uint32_t)target;
}
static void op_halt(Machine* m) { m->running = 0; }

typedef void (*Operation)(Machine*);
static Operation operations[kOperations] = {op_push,  op_add,      op_multiply,        op_load,
                                            op_store, op_subtract, op_jump_if_nonzero, op_halt};

// variable 0 counts down from 1000; variable 1 is the sum of its squares.
static const int32_t kProgram[] = {kPush, 1000, kStore, 0, kPush, 0, kStore, 1,
                                   kLoad, 0, kLoad, 0, kMultiply, kLoad, 1, kAdd, kStore, 1,
                                   kLoad, 0, kPush, 1, kSubtract, kStore, 0,
                                   kLoad, 0, kJumpIfNonzero, 8, kHalt};

static int64_t run(void) {
  Machine machine = {.program = kProgram, .running = 1};
  while (machine.running) operations[operand(&machine)](&machine);
  return machine.variables[1];
}

uint64_t kernel(uint32_t rounds) {
  uint64_t sum = 1;
  for (uint32_t round = 0; round < rounds; ++round) {
    const int64_t squares = run();
    if (squares != 333833500) return kWrong;
    sum = mix(sum, (uint64_t)squares + round);
  }
  return sum;
}
