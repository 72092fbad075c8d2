// The example's transform, with strings where it has ArrayBuffers.
export function init(config: string): void {
  console.log("Init with: " + config);
}

export function transform(key: string, payload: string): string {
  return "transform: " + key + " for payload " + payload;
}
