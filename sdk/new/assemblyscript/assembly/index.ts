// Answers "KEY: PAYLOAD".
export function transform(key: string, payload: string): string {
  return key + ": " + payload;
}
