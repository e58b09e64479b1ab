// Ctrl K: every record and every command by a few letters.
export function showSearch(): void {
  location.hash = "/search";
}
