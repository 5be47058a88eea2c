"""Somebody at the front door, in a container on Caddy's network: guesses a password, by IPv4 or IPv6.

`CA` is the certificate to trust, `TRIES` what to do: [[family, how often], …]. Prints for each try whether it was
turned away as one too many. Each names another address in `X-Forwarded-For`: nobody may believe it.
"""

import http.client
import json
import os
import re
import socket
import ssl
from urllib.parse import urlencode

NAME, PAGE = "nearer.internal", "/account/login/"
TRUST = ssl.create_default_context(cadata=os.environ["CA"])
FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}


class Door(http.client.HTTPSConnection):
    """To Caddy, by this family of addresses."""

    def __init__(self, family: int) -> None:
        super().__init__(NAME, context=TRUST, timeout=20)
        self.family = family

    def connect(self) -> None:
        (*_, address) = socket.getaddrinfo("caddy", 443, FAMILIES[self.family], socket.SOCK_STREAM)[0]
        plain = socket.create_connection((str(address[0]), 443), 20)
        self.sock = TRUST.wrap_socket(plain, server_hostname=NAME)


def too_many(family: int, number: int) -> bool:
    door = Door(family)
    door.request("GET", PAGE)
    answer = door.getresponse()
    page = answer.read().decode()
    cookies = [word.partition(";")[0] for word in answer.headers.get_all("Set-Cookie") or ()]
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    form = {
        "csrfmiddlewaretoken": token[1] if token else "",
        "login": "nobody@example.test",
        "password": "a guess",
    }
    headers = {
        "Cookie": "; ".join(cookies),
        "Referer": f"https://{NAME}{PAGE}",
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Forwarded-For": f"198.51.100.{number}",
    }
    door.request("POST", PAGE, urlencode(form), headers)
    said = door.getresponse().read().decode()
    door.close()
    if "Too many tries" not in said and 'name="password"' not in said:
        raise SystemExit(f"no sign-in page: {said[:2000]}")
    return "Too many tries" in said


number, found = 0, []
for family, times in json.loads(os.environ["TRIES"]):
    for _ in range(times):
        number += 1
        found.append(too_many(family, number))
print(json.dumps(found))  # noqa: T201  its answer
