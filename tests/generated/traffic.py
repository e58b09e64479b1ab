"""What was asked and answered in tests over HTTP: a file for each program that asks, in the build folder's
`traffic/`, with a line “operation status” for each pair that it saw. tests/generated/seen.py looks at all."""

import os


class Traffic:
    def __init__(self, program):
        folder = os.path.join(os.environ["PROBITY_BUILD"], "traffic")
        os.makedirs(folder, exist_ok=True)
        self.path = os.path.join(folder, program + ".seen")
        self.pairs = set()
        with open(self.path, "w", encoding="utf-8"):
            pass

    def see(self, operation, status):
        if (operation, status) not in self.pairs:
            self.pairs.add((operation, status))
            with open(self.path, "a", encoding="utf-8") as out:
                out.write(f"{operation} {status}\n")
