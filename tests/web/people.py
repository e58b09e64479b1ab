"""Who uses the screens in the journeys: one person a duty, of the staff, each with the cookie of a session and what proves who it is."""

import re

from served import PASSWORD, enrolled, must

PEOPLE = {
    "ada": ["administrator", "data_steward"],
    "mina": ["sales"],
    "sam": ["service"],
    "vera": ["manager"],
    "lin": ["data_steward"],
    "omar": ["auditor"],
}


def make(server):
    """Name → its cookie, as NAME=VALUE; and name → its password and the secret of its authenticator app, if it has one."""
    cookies, proofs = {}, {}
    for name, roles in PEOPLE.items():
        record = {"full_name": f"{name.capitalize()} Example", "email": f"{name}@house.example", "is_active": True}
        staff = must(server, "POST", "/api/v1/staff", {"fields": record, "duplicates": "ignore"})["record"]["id"]
        added = must(server, "POST", "/api/v1/users", {"name": name, "kind": "person", "roles": roles, "staff": staff})
        enrolled(server, name, added["code"], cookie=True)
        cookies[name] = next(cookie.split(";")[0] for cookie in server.given if cookie.startswith("probity="))
        secret = server.factor and re.search(r"secret=([A-Z2-7]+)", server.factor).group(1)
        proofs[name] = {"password": PASSWORD, "secret": secret}
    return cookies, proofs
