"""A WASI 0.2 command that uses sockets, as its first argument says:

tcp HOST PORT    sends a line and prints the answer
serve            prints the port it listens on, and sends one connection back what it sent
udp HOST PORT    sends a datagram and prints the answer
lookup NAME      prints the addresses of a name

It prints the error instead, if there is one.
"""

import encodings.idna  # noqa: F401  name lookups need it, and it cannot be imported later
import socket
import sys

from wit_world import exports


def tcp(host: str, port: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as conn:
        conn.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        conn.connect((host, int(port)))
        conn.sendall(b"hello\n")
        conn.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := conn.recv(1 << 16):
            answer += piece
        print(answer.decode(), end="")


def serve() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        print(listener.getsockname()[1], flush=True)
        conn, _ = listener.accept()
        with conn:
            while piece := conn.recv(1 << 16):
                conn.sendall(piece)


def udp(host: str, port: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("0.0.0.0", 0))
        sock.sendto(b"hello", (host, int(port)))
        print(sock.recvfrom(1 << 16)[0].decode())


def lookup(name: str) -> None:
    found = socket.getaddrinfo(name, 80, proto=socket.IPPROTO_TCP)
    print(*sorted({address[0] for *_, address in found}), sep="\n")


class Run(exports.Run):
    def run(self) -> None:
        mode = {"tcp": tcp, "serve": serve, "udp": udp, "lookup": lookup}[sys.argv[1]]
        try:
            mode(*sys.argv[2:])
        except OSError as err:
            print(type(err).__name__, err)
