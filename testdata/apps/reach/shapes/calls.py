"""Calls that fail, each in another shape of function."""

import functools
import os
import socket
import subprocess


def plain():
    return socket.create_connection(("127.0.0.1", 80))  # want: socket


def logged(function):
    @functools.wraps(function)
    def wrapper(*args):
        print(function.__name__)
        return function(*args)

    return wrapper


@logged
def decorated():
    return os.popen("ls")  # want: process


@functools.lru_cache(maxsize=None)
def resolve(name):
    return socket.gethostbyname(name)  # want: name-lookup


def nested():
    def inner():
        return os.fork()  # want: process

    return inner()


bound = functools.partial(subprocess.run, ["ls"])  # want: process (build)


def lines():
    yield from os.popen("ls")  # want: process


def addresses(names):
    return [socket.gethostbyname(name) for name in names]  # want: name-lookup


class Client:
    def connect(self):
        self.socket = socket.create_connection(("127.0.0.1", 80))  # want: socket

    @staticmethod
    def version():
        return subprocess.check_output(["ls", "--version"])  # want: process

    class Pool:
        def grow(self):
            return os.fork()  # want: process (unreached)


CLIENT = Client()


async def later():
    return await Loop().run(os.popen, "ls")  # want: process (unreached)


class Loop:
    async def run(self, function, *args):
        return function(*args)
