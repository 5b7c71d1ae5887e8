"""Reads package metadata and package data at run time, when their files are gone."""

import pkgutil
from importlib import metadata, resources

import assets
from spin_sdk import http
from spin_sdk.http import Request, Response

BUILT_WITH = metadata.version("spin-sdk")


def version() -> str:
    return metadata.version("spin-sdk")  # want: metadata


def banner() -> bytes:
    return pkgutil.get_data("assets", "banner.txt")  # want: metadata


def text() -> str:
    return resources.files(assets).joinpath("banner.txt").read_text()  # want: metadata


def requires() -> list[str] | None:
    return metadata.requires("spin-sdk")  # want: metadata (unreached)


class IncomingHandler(http.IncomingHandler):
    def handle_request(self, request: Request) -> Response:
        match request.uri:
            case "/banner":
                return Response(200, {}, banner())
            case "/text":
                return Response(200, {}, text().encode())
            case "/built":
                return Response(200, {}, BUILT_WITH.encode())
        return Response(200, {}, version().encode())
