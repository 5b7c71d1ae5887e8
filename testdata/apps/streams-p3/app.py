"""A WASI 0.3 command that hands streams on, as its first argument says:

cat PATH       prints a file
tee PATH       writes the standard input to a file
list           prints the names in the directory
serve N        prints the port it listens on, and sends N connections back what they sent
tcp PORT       sends the standard input to a port, and prints the answer
udp PORT       sends a datagram to a port and prints the answer
lookup NAME    prints the addresses of a name
print TEXT     prints a text and exits with status 3 at once
hang           prints the port it listens on, and reads a connection that says nothing

It prints the error instead, if there is one.
"""

import asyncio
import sys

import wit_world
from componentize_py_types import Err
from wit_world import exports
from wit_world.imports import exit, ip_name_lookup, preopens, stdin, stdout
from wit_world.imports.wasi_filesystem_types import DescriptorFlags, OpenFlags, PathFlags
from wit_world.imports.wasi_sockets_types import (
    IpAddressFamily,
    IpSocketAddress_Ipv4,
    Ipv4SocketAddress,
    TcpSocket,
    UdpSocket,
)


def local(port: str | int) -> IpSocketAddress_Ipv4:
    return IpSocketAddress_Ipv4(Ipv4SocketAddress(int(port), (127, 0, 0, 1)))


async def settle(*futures) -> None:
    for future in futures:
        result = await future.read()
        if isinstance(result, Err):
            raise result


async def cat(path: str) -> None:
    file = await preopens.get_directories()[0][0].open_at(PathFlags(0), path, OpenFlags(0), DescriptorFlags.READ)
    data, read = file.read_via_stream(0)
    await settle(stdout.write_via_stream(data), read)


async def tee(path: str) -> None:
    file = await preopens.get_directories()[0][0].open_at(
        PathFlags(0), path, OpenFlags.CREATE | OpenFlags.TRUNCATE, DescriptorFlags.WRITE
    )
    data, read = stdin.read_via_stream()
    await settle(file.write_via_stream(data, 0), read)


async def list_() -> None:
    entries, read = preopens.get_directories()[0][0].read_directory()
    names = []
    with entries:
        while not entries.writer_dropped:
            names += [entry.name for entry in await entries.read(10)]
    await settle(read)
    print(*sorted(names), sep="\n")


def listen():
    listener = TcpSocket.create(IpAddressFamily.IPV4)
    listener.bind(local(0))
    connections = listener.listen()
    print(listener.get_local_address().value.port, flush=True)
    return connections


async def serve(count: str) -> None:
    connections = listen()

    async def echo(connection) -> None:
        data, received = connection.receive()
        await settle(connection.send(data), received)

    echoes = []
    with connections:
        while len(echoes) < int(count):
            for connection in await connections.read(1):
                echoes.append(asyncio.create_task(echo(connection)))
    for task in echoes:
        await task


async def hang() -> None:
    connection = (await listen().read(1))[0]
    data, _ = connection.receive()
    print(await data.read(1))


async def tcp(port: str) -> None:
    connection = TcpSocket.create(IpAddressFamily.IPV4)
    await connection.connect(local(port))
    data, read = stdin.read_via_stream()
    sent = connection.send(data)
    answer, received = connection.receive()
    await settle(stdout.write_via_stream(answer), sent, received, read)


async def print_(text: str) -> None:
    writer, reader = wit_world.byte_stream()
    stdout.write_via_stream(reader)
    await writer.write_all(text.encode())
    exit.exit_with_code(3)


async def udp(port: str) -> None:
    socket = UdpSocket.create(IpAddressFamily.IPV4)
    await socket.send(b"hello", local(port))
    data, _ = await socket.receive()
    print(data.decode())


async def lookup(name: str) -> None:
    for address in await ip_name_lookup.resolve_addresses(name):
        print(*address.value, sep=".")


class Run(exports.Run):
    async def run(self) -> None:
        modes = {"cat": cat, "tee": tee, "list": list_, "serve": serve, "tcp": tcp, "udp": udp, "lookup": lookup}
        try:
            await (modes | {"hang": hang, "print": print_})[sys.argv[1]](*sys.argv[2:])
        except Err as err:
            print(type(err.value).__name__)
