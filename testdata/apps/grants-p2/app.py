"""Uses every service of the host by names that stand in the code; spin.toml grants some of them."""

from spin_sdk import http, key_value, llm, mqtt, mysql, postgres, redis, variables
from spin_sdk.http import Request, Response, send
from spin_sdk.wit.imports.fermyon_spin_sqlite import Connection
from spin_sdk.wit.imports.key_value import Store

MODEL = "tiny-model"
CACHE = "cache"


def stores() -> None:
    with key_value.open_default() as store:
        store.set("seen", b"1")
    with key_value.open(CACHE) as store:  # lint: EL0840
        store.delete("seen")
    with Store.open("sessions") as store:  # lint: EL0840
        store.delete("seen")


def databases() -> None:
    Connection.open("default")
    Connection.open("orders")  # lint: EL0841


def models(prompt: str) -> str:
    llm.generate_embeddings("all-minilm-l6-v2", [prompt])
    return llm.infer(MODEL, prompt).text  # lint: EL0842


def settings() -> list[str]:
    return [
        variables.get("message"),
        variables.get("api_key"),  # lint: EL0843
    ]


def fetch(user: str) -> None:
    send(Request("GET", "https://api.example.com/v1", {}, None))
    send(Request("GET", "http://api.example.com/v1", {}, None))  # lint: EL0830
    request = Request("GET", "https://other.example.com:8443/", {}, None)  # lint: EL0830
    send(request)
    send(Request("GET", f"https://third.example.com/users/{user}", {}, None))  # lint: EL0830
    send(Request("GET", "https://fourth.example.com/users/" + user, {}, None))  # lint: EL0830
    send(Request("GET", "http://back.spin.internal/", {}, None))
    send(Request("GET", "http://front.spin.internal/", {}, None))  # lint: EL0830
    send(Request("GET", "/self", {}, None))  # lint: EL0830


def servers(config: str) -> None:
    redis.open("redis://cache.example.com:6379")
    redis.open("redis://cache.example.com:6380")  # lint: EL0830
    mysql.open("mysql://root:@db.example.com/shop")
    mysql.open("mysql://root:@db2.example.com/shop")  # lint: EL0830
    postgres.open("user=postgres host=pg.example.com dbname=shop")
    postgres.open("user=postgres host=pg2.example.com dbname=shop")  # lint: EL0830
    mqtt.open("mqtt://broker.example.com?client_id=a", "", "", 30)
    try:
        mqtt.open("mqtt://spare.example.com?client_id=a", "", "", 30)  # lint: EL0830 note
    except Exception:
        print("no spare broker")
    redis.open(config)


def files() -> None:
    open("/assets/words.txt").close()
    open("words.txt").close()  # lint: EL0862
    open("/assets/words.txt", "w").close()  # lint: EL0862


def never() -> None:
    key_value.open("unreached")  # lint: EL0840 warning


class IncomingHandler(http.IncomingHandler):
    def handle_request(self, request: Request) -> Response:
        stores()
        databases()
        fetch(request.uri)
        servers(request.uri)
        files()
        return Response(200, {}, "".join([models(request.uri), *settings()]).encode())
