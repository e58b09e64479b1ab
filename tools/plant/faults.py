"""The error model: what goes wrong in a customer base, by whose hand, in which words.

A fault is a function of the planter; it takes a clean record, spoils it and says nothing more. `@fault` names the control that is to
find it, the entities it is planted in, and what a record must be like. Every fault has several forms, chosen evenly.
"""
FAULTS = []


def fault(control, *entities, need=None, script=None, field="", share=1.0):
    def keep(function):
        FAULTS.append((control, entities, need or (lambda row: True), script, field, share, function))
        return function
    return keep


def filled(*fields):
    return lambda row: all(row.get(f) not in ("", None) for f in fields)


def spoil(row, *others):
    row.spoilt = True
    for other in others:
        if other is not None:
            other.spoilt = True


def slip(rng, word):
    """One slip of a hand: two letters changed over, one left out, doubled, or its neighbour struck. Blanks and hyphens are left
    alone: without them, or with two, a word is spelt in another form and not misspelt."""
    keys = ["qwertyuiop", "asdfghjkl", "zxcvbnm"]
    for _ in range(100):
        at = rng.randrange(1, len(word))
        kind = rng.randrange(4)
        if not word[at].isalnum():
            continue
        if kind == 0 and at + 1 < len(word) and word[at + 1].isalnum():
            out = word[:at] + word[at + 1] + word[at] + word[at + 2:]
        elif kind == 1:
            out = word[:at] + word[at + 1:]
        elif kind == 2:
            out = word[:at] + word[at] + word[at:]
        else:
            row = next((k for k in keys if word[at].lower() in k), None)
            if not row:
                continue
            place = row.index(word[at].lower())
            out = word[:at] + row[place + 1 if place + 1 < len(row) else place - 1] + word[at + 1:]
        if out != word and " " not in (out[0], out[-1]):
            return out
    return word + word[-1]
