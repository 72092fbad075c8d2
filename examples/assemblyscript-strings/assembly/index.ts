// A plugin whose functions take and return strings, as one would write them for
// any other AssemblyScript program. Nothing here knows about the host.

let greeting = "Hello";

export function init(config: string): void {
  greeting = config;
  console.log("The greeting is now " + greeting);
}

export function transform(key: string, payload: string): string {
  return greeting + ", " + key.toUpperCase() + "! " + payload.length.toString() + " characters: " + payload;
}
