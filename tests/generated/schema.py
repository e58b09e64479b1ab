"""Values made from the schemas of an OpenAPI document, and answers held to them.

`Generator` draws valid values, values at the bounds, and each kind of wrong one from a seed; `check` says what
of a value is not as a schema says. A keyword that is not known is a failure: nothing is passed over.
"""

import datetime
import random
import re
import uuid

KNOWN = {"type", "properties", "required", "additionalProperties", "items", "$ref", "format", "enum", "anyOf",
         "minimum", "maximum", "maxLength", "title", "description", "const"}
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
FORMATS = {
    "uuid": re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
    "date-time": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"),
}
LONG = 70000
NOBODYS = "01890a5d-ac96-774b-bcce-b302099a8057"
PASSWORD = "seven grey herons wade"


def is_type(value, name):
    if name == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if name == "integer":
        return is_type(value, "number") and value == int(value)
    return isinstance(value, TYPES[name])


class Document:
    def __init__(self, openapi):
        self.openapi = openapi

    def resolve(self, schema):
        while "$ref" in schema:
            at = self.openapi
            for part in schema["$ref"].removeprefix("#/").split("/"):
                at = at[part]
            schema = at
        return schema

    def check(self, schema, value, place=""):
        """What is wrong first, or None."""
        schema = self.resolve(schema)
        if not set(schema) <= KNOWN:
            return f"{place}: keywords {set(schema) - KNOWN}"
        types = schema.get("type", [])
        types = [types] if isinstance(types, str) else types
        if types and not any(is_type(value, one) for one in types):
            return f"{place}: {value!r} is no {types}"
        if "enum" in schema and value not in schema["enum"]:
            return f"{place}: {value!r} is none of {schema['enum']}"
        if "anyOf" in schema and all(self.check(one, value, place) for one in schema["anyOf"]):
            return f"{place}: {value!r} is none of what it may be"
        if is_type(value, "number") and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
            return f"{place}: {value} is out of its range"
        if isinstance(value, str) and schema.get("format") in FORMATS \
                and not FORMATS[schema["format"]].fullmatch(value):
            return f"{place}: {value!r} is no {schema['format']}"
        return self.check_inside(schema, value, place)

    def check_inside(self, schema, value, place):
        inside = []
        if isinstance(value, dict):
            missing = set(schema.get("required", [])) - set(value)
            if missing:
                return f"{place}: {missing} missing"
            rest = schema.get("additionalProperties", {})
            for name, one in value.items():
                rule = schema.get("properties", {}).get(name, rest)
                if rule is False:
                    return f"{place}/{name}: not in the schema"
                inside.append((rule if isinstance(rule, dict) else {}, one, f"{place}/{name}"))
        if isinstance(value, list):
            inside = [(schema.get("items", {}), one, f"{place}/{i}") for i, one in enumerate(value)]
        return next(filter(None, (self.check(*one) for one in inside)), None)


class Raw(str):
    """Text that stands in JSON as it is."""


def to_json(value):
    """JSON as bytes; what is `Raw` goes in as it is, lone bytes as surrogates."""
    if isinstance(value, Raw):
        return value.encode("utf-8", "surrogateescape")
    if isinstance(value, dict):
        return b"{" + b",".join(to_json(str(k)) + b":" + to_json(v) for k, v in value.items()) + b"}"
    if isinstance(value, list):
        return b"[" + b",".join(map(to_json, value)) + b"]"
    if isinstance(value, str):
        out = ["\\" + c if c in '"\\' else f"\\u{ord(c):04x}" if ord(c) < 32 else c for c in value]
        return ('"' + "".join(out) + '"').encode("utf-8", "surrogateescape")
    return {True: b"true", False: b"false", None: b"null"}[value] if value is None or isinstance(value, bool) \
        else repr(value).encode()


class Generator:
    """`pools`: for names of properties, what of it there is."""

    def __init__(self, document, seed, pools):
        self.document, self.pools, self.random, self.made = document, pools, random.Random(seed), 0

    def text(self, schema):
        form = schema.get("format")
        if form == "uuid":
            return str(uuid.UUID(int=self.random.getrandbits(128), version=4))
        if form in ("date", "date-time"):
            day = datetime.date(2031, 1, 1) + datetime.timedelta(self.random.randrange(3000))
            return day.isoformat() + ("T12:00:00Z" if form == "date-time" else "")
        if form == "password":
            return PASSWORD
        letters = self.random.choice(("abcdefgh", "äßçñ¿", "联系人名", "فارسی", "😀🧪", "a'\"\\<>&=;-- %"))
        most = min(schema.get("maxLength", 24), 24)
        return "".join(self.random.choice(letters) for _ in range(self.random.randint(1, max(most, 1))))

    def valid(self, schema, name="", whole=True, depth=0):
        """A value that the schema lets pass; `whole`: with all that may be missing."""
        schema = self.document.resolve(schema)
        if name in self.pools and self.pools[name] and "properties" not in schema and schema.get("type") != "array":
            return self.random.choice(self.pools[name])
        if "anyOf" in schema:
            return self.valid(self.random.choice(schema["anyOf"]), name, whole, depth)
        if "enum" in schema:
            return self.random.choice(schema["enum"])
        types = schema.get("type", ["string", "null"])
        kind = types if isinstance(types, str) else self.random.choice(types if depth else types[:1])
        if kind == "object":
            return self.valid_object(schema, whole, depth)
        if kind == "array":
            count = 0 if depth > 4 else self.random.randint(1, 2)
            return [self.valid(schema.get("items", {}), name, whole, depth + 1) for _ in range(count)]
        if kind == "null":
            return None
        if kind == "boolean":
            return self.random.random() < 0.5
        if kind in ("integer", "number"):
            return self.random.randint(schema.get("minimum", 0), schema.get("maximum", 100))
        return self.text(schema)

    def name(self, operation):
        """Something is made: a name that nothing has."""
        self.made += 1
        return ("x_thing" if operation in ("addEntity", "addField") else "thing") + str(self.made)

    def valid_object(self, schema, whole, depth):
        needed = set(schema.get("required", []))
        out = {}
        for name, rule in schema.get("properties", {}).items():
            if name in needed or (whole and depth < 5 and (depth < 1 or self.random.random() < 0.3)):
                out[name] = self.valid(rule, name, whole, depth + 1)
        return out

    def bounds(self, schema, name=""):
        """Values at the edge of what passes."""
        schema = self.document.resolve(schema)
        types = schema.get("type", [])
        if "enum" in schema:
            return list(schema["enum"])
        if "maxLength" in schema:
            return ["ä" * schema["maxLength"], ""]
        if "integer" in types:
            return [schema.get("minimum", -2**63), schema.get("maximum", 2**63 - 1), 0]
        if schema.get("format") == "date":
            return ["0001-01-01", "9999-12-31", "2024-02-29"]
        if schema.get("format") == "date-time":
            return ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"]
        if types in ("object", "array") or schema.get("format"):
            return []
        return ["", " ", "a" * 4000] if "string" in types else []

    def places(self, schema, at=()):
        """Every place in a value of this schema, with its own: ((), {…}), (("fields", "x"), {…})."""
        schema = self.document.resolve(schema)
        yield at, schema
        if len(at) < 6:
            for rule in schema.get("anyOf", [])[:1]:
                yield from list(self.places(rule, at))[1:]
            for name, rule in schema.get("properties", {}).items():
                yield from self.places(rule, at + (name,))
            if isinstance(schema.get("items"), dict):
                yield from self.places(schema["items"], at + (0,))

    def wrong(self, schema):
        """Kinds of what does not pass at a place, as (kind, value)."""
        types = schema.get("type")
        if "anyOf" in schema:
            types = [one for rule in schema["anyOf"] for one in
                     ([rule.get("type")] if isinstance(rule.get("type"), str) else rule.get("type", []))]
        if not types:
            return
        types = [types] if isinstance(types, str) else types
        others = {"object": {"a": 1}, "array": [1], "string": "text", "boolean": True, "number": 7.5}
        taken = {"number" if one == "integer" else one for one in types}
        for kind in [one for one in others if one not in taken]:
            if kind not in ("object", "array") or "null" in taken or taken & set(others):
                yield "wrong type", others[kind]
        if "null" not in types:
            yield "null", None
        if "enum" in schema:
            yield "wrong choice", "no such choice"
        if schema.get("format") in FORMATS:
            yield "bad format", "2024-02-30" if schema["format"] == "date" else "yesterday"
        if "integer" in types:
            yield "no integer", 1.5
            yield "too large", Raw("1" + "0" * 30)
            if "minimum" in schema:
                yield "too small", schema["minimum"] - 1
            if "maximum" in schema:
                yield "too large", schema["maximum"] + 1
        if "string" in types:
            if "maxLength" in schema:
                yield "too long", "x" * (schema["maxLength"] + 1)
            yield "bad UTF-8", Raw('"\udcff\udcfe"')
            yield "half a character", Raw('"\\ud800"')
            yield "NUL", Raw('"a\\u0000b"')
        if "object" in types and schema.get("additionalProperties") is False:
            yield "unknown member", {"no_such_member": 1}
        if "object" in types and schema.get("required"):
            yield "missing member", None


def put(value, at, new):
    """A copy of `value` with `new` at a place; what leads there is made where it is missing."""
    if not at:
        return new
    if at[0] == 0:
        old = value if isinstance(value, list) and value else [None]
        return [put(old[0], at[1:], new), *old[1:]]
    old = value if isinstance(value, dict) else {}
    return {**old, at[0]: put(old.get(at[0]), at[1:], new)}


def get(value, at):
    for part in at:
        if isinstance(value, dict):
            value = value.get(part)
        else:
            value = value[0] if isinstance(value, list) and value else None
    return value
