"""Serves digits of pi, as many as asked for: /30 gives thirty."""

from http.server import BaseHTTPRequestHandler, HTTPServer

import gmpy2


def digits(count):
    gmpy2.get_context().precision = int(count * 3.33) + 64
    return gmpy2.digits(gmpy2.const_pi(), 10)[0][:count]


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        count = self.path.strip("/") or "10"
        if not count.isdigit() or int(count) > 10_000:
            self.send_error(404)
            return
        body = (digits(int(count)) + "\n").encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *args):
        pass


if __name__ == "__main__":
    print("pi begins with", digits(5), "with", gmpy2.mpfr_version(), "on port 8000")
    HTTPServer(("", 8000), Handler).serve_forever()
