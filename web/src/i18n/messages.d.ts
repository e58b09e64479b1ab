declare module "@messages/*.json" {
  const texts: Record<string, string | string[]>;
  export default texts;
}
