"""Uses every service of the host by names that stand in the code; spin.toml grants some of them."""

from spin_sdk import http, key_value, llm, mqtt, mysql, postgres, redis, variables
from spin_sdk.http import Request, Response, send
from spin_sdk.sqlite import Connection
from spin_sdk.wit.imports import wasi_config_store_0_2_0_draft_2024_09_27 as config_store
from spin_sdk.wit.imports import wasi_keyvalue_store_0_2_0_draft2 as wasi_store

MODEL = "tiny-model"
CACHE = "cache"


async def stores() -> None:
    with await key_value.open_default() as store:
        await store.set("seen", b"1")
    with await key_value.open(CACHE) as store:  # lint: EL0840
        await store.delete("seen")
    with await key_value.Store.open("sessions") as store:  # lint: EL0840
        await store.delete("seen")
    wasi_store.open("other")  # lint: EL0840


async def databases() -> None:
    await Connection.open_default()
    await Connection.open("orders")  # lint: EL0841


def models(prompt: str) -> str:
    llm.generate_embeddings("all-minilm-l6-v2", [prompt])
    return llm.infer(MODEL, prompt).text  # lint: EL0842


async def settings() -> list[str]:
    return [
        await variables.get("message"),
        await variables.get("api_key"),  # lint: EL0843
        config_store.get("api_key") or "",  # lint: EL0843 note
    ]


async def fetch(user: str) -> None:
    await send(Request("GET", "https://api.example.com/v1", {}, None))
    await send(Request("GET", "http://api.example.com/v1", {}, None))  # lint: EL0830
    request = Request("GET", "https://other.example.com:8443/", {}, None)  # lint: EL0830
    await send(request)
    await send(Request("GET", f"https://third.example.com/users/{user}", {}, None))  # lint: EL0830
    await send(Request("GET", "https://fourth.example.com/users/" + user, {}, None))  # lint: EL0830
    await send(Request("GET", "http://back.spin.internal/", {}, None))
    await send(Request("GET", "http://front.spin.internal/", {}, None))  # lint: EL0830
    await send(Request("GET", "/self", {}, None))  # lint: EL0830


async def servers(config: str) -> None:
    await redis.open("redis://cache.example.com:6379")
    await redis.open("redis://cache.example.com:6380")  # lint: EL0830
    await mysql.open("mysql://root:@db.example.com/shop")
    await mysql.open("mysql://root:@db2.example.com/shop")  # lint: EL0830
    await postgres.Connection.open("user=postgres host=pg.example.com dbname=shop")
    await postgres.Connection.open("user=postgres host=pg2.example.com dbname=shop")  # lint: EL0830
    await mqtt.open("mqtt://broker.example.com?client_id=a", "", "", 30)
    try:
        await mqtt.open("mqtt://spare.example.com?client_id=a", "", "", 30)  # lint: EL0830 note
    except Exception:
        print("no spare broker")
    await redis.open(config)


def files() -> None:
    open("/assets/words.txt").close()
    open("words.txt").close()  # lint: EL0862
    open("/assets/words.txt", "w").close()  # lint: EL0862


async def never() -> None:
    await key_value.open("unreached")  # lint: EL0840 warning


class HttpHandler(http.Handler):
    async def handle_request(self, request: Request) -> Response:
        await stores()
        await databases()
        await fetch(request.uri)
        await servers(request.uri)
        files()
        return Response(200, {}, "".join([models(request.uri), *await settings()]).encode())
