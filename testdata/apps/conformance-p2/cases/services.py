"""Servers of Redis and MQTT, whose addresses come in headers."""

from spin_sdk.wit.imports import mqtt, redis

from cases import header, same


def outbound_redis(request) -> None:
    db = redis.Connection.open(header(request, "redis-address"))
    db.set("spin-example-get-set", b"Eureka!")
    same("the value", db.get("spin-example-get-set"), b"Eureka!")
    db.set("spin-example-incr", b"0")
    same("the counter", db.incr("spin-example-incr"), 1)
    same("the keys deleted", db.del_(["spin-example-get-set", "spin-example-incr"]), 2)
    key = redis.RedisParameter_Binary(b"spin-example")
    db.execute("set", [key, redis.RedisParameter_Binary(b"Eureka!")])
    db.execute("append", [key, redis.RedisParameter_Binary(b" I've got it!")])
    found = db.execute("get", [key])
    same("the value put together", found, [redis.RedisResult_Binary(b"Eureka! I've got it!")])


def outbound_mqtt(request) -> None:
    user, password = header(request, "mqtt-username"), header(request, "mqtt-password")
    broker = mqtt.Connection.open(header(request, "mqtt-address"), user, password, 30)
    broker.publish("telemetry-topic", b"Eureka!", mqtt.Qos.AT_LEAST_ONCE)
