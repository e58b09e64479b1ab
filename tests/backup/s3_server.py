#!/usr/bin/env python3
"""A server of S3 for tests: keeps objects in memory and checks every signature (AWS Signature Version 4,
header form) by its own calculation. Usage: s3_server.py PORT

Buckets: safe takes everything; full answers that its quota is used up; flaky fails every second request
with 503; any other does not exist. Both styles of address are known: /bucket/key, and bucket.localhost/key.
"""
import hashlib
import hmac
import sys
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.sax.saxutils import escape

KEYS = {"TESTKEY": "a secret of the tests/+="}
PAGE = 100
objects = {}
requests = [0]


def sign(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


class Server(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=b""):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def refuse(self, status, code):
        self.answer(status, f"<?xml version='1.0'?><Error><Code>{code}</Code></Error>".encode())

    def signed(self, body):
        """None when the signature holds, else the code of the refusal."""
        words = self.headers.get("Authorization", "").replace(",", " ").split()
        if len(words) != 4 or words[0] != "AWS4-HMAC-SHA256":
            return "AccessDenied"
        parts = dict(word.split("=", 1) for word in words[1:])
        identity, day, region, service, end = parts["Credential"].split("/")
        if identity not in KEYS or (service, end) != ("s3", "aws4_request"):
            return "InvalidAccessKeyId"
        payload = self.headers["x-amz-content-sha256"]
        if hashlib.sha256(body).hexdigest() != payload:
            return "XAmzContentSHA256Mismatch"
        names = parts["SignedHeaders"].split(";")
        if not {"host", "x-amz-content-sha256", "x-amz-date"} <= set(names) or names != sorted(names):
            return "AccessDenied"
        path, _, query = self.path.partition("?")
        pairs = sorted(urllib.parse.parse_qsl(query, keep_blank_values=True))
        quoted = "&".join(f"{urllib.parse.quote(n, safe='-_.~')}={urllib.parse.quote(v, safe='-_.~')}"
                          for n, v in pairs)
        whole = urllib.parse.quote(urllib.parse.unquote(path), safe="/-_.~")
        canonical = "\n".join([self.command, whole, quoted,
                               *(f"{name}:{self.headers[name].strip()}" for name in names), "",
                               ";".join(names), payload])
        at = self.headers["x-amz-date"]
        text = "\n".join(["AWS4-HMAC-SHA256", at, f"{day}/{region}/s3/aws4_request",
                          hashlib.sha256(canonical.encode()).hexdigest()])
        key = ("AWS4" + KEYS[identity]).encode()
        for word in (day, region, "s3", "aws4_request"):
            key = sign(key, word)
        if not at.startswith(day) or not hmac.compare_digest(sign(key, text).hex(), parts["Signature"]):
            return "SignatureDoesNotMatch"
        return None

    def place(self):
        path = urllib.parse.unquote(self.path.partition("?")[0])
        host = self.headers["Host"].rsplit(":", 1)[0]
        if host.endswith(".localhost"):
            return host[:-len(".localhost")], path[1:]
        bucket, _, key = path[1:].partition("/")
        return bucket, key

    def listing(self, bucket):
        query = dict(urllib.parse.parse_qsl(self.path.partition("?")[2], keep_blank_values=True))
        prefix, after = query.get("prefix", ""), query.get("continuation-token", "")
        names = sorted(key for b, key in objects if b == bucket and key.startswith(prefix) and key > after)
        page, more = names[:PAGE], len(names) > PAGE
        body = ["<?xml version='1.0'?><ListBucketResult xmlns='http://s3.amazonaws.com/doc/2006-03-01/'>",
                f"<IsTruncated>{str(more).lower()}</IsTruncated>"]
        if more:
            body.append(f"<NextContinuationToken>{escape(page[-1])}</NextContinuationToken>")
        body += [f"<Contents><Key>{escape(key)}</Key><Size>{len(objects[bucket, key])}</Size></Contents>"
                 for key in page]
        self.answer(200, ("".join(body) + "</ListBucketResult>").encode())

    def serve(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        requests[0] += 1
        wrong = self.signed(body)
        bucket, key = self.place()
        if wrong:
            self.refuse(403, wrong)
        elif bucket not in ("safe", "full", "flaky"):
            self.refuse(404, "NoSuchBucket")
        elif bucket == "flaky" and requests[0] % 2:
            self.refuse(503, "SlowDown")
        elif self.command == "PUT" and bucket == "full":
            self.refuse(403, "QuotaExceeded")
        elif self.command == "PUT":
            objects[bucket, key] = body
            self.answer(200)
        elif self.command == "DELETE":
            objects.pop((bucket, key), None)
            self.answer(204)
        elif self.command == "GET" and key == "":
            self.listing(bucket)
        elif (bucket, key) in objects:
            self.answer(200, objects[bucket, key])
        else:
            self.refuse(404, "NoSuchKey")

    do_GET = do_PUT = do_HEAD = do_DELETE = serve


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Server).serve_forever()
