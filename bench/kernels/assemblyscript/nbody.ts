// Sun and four planets under gravity: floating point in objects and arrays.
// Checked by the conservation of energy.
class Body {
  constructor(
    public x: f64, public y: f64, public z: f64,
    public vx: f64, public vy: f64, public vz: f64,
    public mass: f64,
  ) {}
}

// Positions in astronomical units, speeds in those for a year, masses in suns; rounded.
const SUN: f64 = 39.478417604357432;

function planets(): Body[] {
  return [
    new Body(0, 0, 0, 0, 0, 0, SUN),
    new Body(4.841, -1.160, -0.104, 0.606, 2.811, -0.025, 0.000955 * SUN),
    new Body(8.343, 4.125, -0.404, -1.011, 1.826, 0.008, 0.000286 * SUN),
    new Body(12.894, -15.111, -0.223, 1.083, 0.869, -0.011, 0.0000437 * SUN),
    new Body(15.380, -25.919, 0.179, 0.979, 0.595, -0.035, 0.0000515 * SUN),
  ];
}

function advance(bodies: Body[], step: f64): void {
  const count = bodies.length;
  for (let i = 0; i < count; ++i) {
    const a = bodies[i];
    for (let k = i + 1; k < count; ++k) {
      const b = bodies[k];
      const dx = a.x - b.x, dy = a.y - b.y, dz = a.z - b.z;
      const squared = dx * dx + dy * dy + dz * dz;
      const pull = step / (squared * Math.sqrt(squared));
      a.vx -= dx * b.mass * pull; a.vy -= dy * b.mass * pull; a.vz -= dz * b.mass * pull;
      b.vx += dx * a.mass * pull; b.vy += dy * a.mass * pull; b.vz += dz * a.mass * pull;
    }
  }
  for (let i = 0; i < count; ++i) {
    const body = bodies[i];
    body.x += step * body.vx; body.y += step * body.vy; body.z += step * body.vz;
  }
}

function energy(bodies: Body[]): f64 {
  let sum: f64 = 0;
  for (let i = 0; i < bodies.length; ++i) {
    const a = bodies[i];
    sum += 0.5 * a.mass * (a.vx * a.vx + a.vy * a.vy + a.vz * a.vz);
    for (let k = i + 1; k < bodies.length; ++k) {
      const b = bodies[k];
      const dx = a.x - b.x, dy = a.y - b.y, dz = a.z - b.z;
      sum -= (a.mass * b.mass) / Math.sqrt(dx * dx + dy * dy + dz * dz);
    }
  }
  return sum;
}

export function kernel(rounds: u32): u64 {
  const bodies = planets();
  const before = energy(bodies);
  for (let i: u32 = 0; i < rounds; ++i) {
    for (let k = 0; k < 1000; ++k) advance(bodies, 0.001);
  }
  const after = energy(bodies);
  return Math.abs(after - before) > 1e-3 * Math.abs(before) ? 0 : reinterpret<u64>(after);
}
