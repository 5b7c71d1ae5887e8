"""Servers of Redis and MQTT, whose addresses come in headers."""

from spin_sdk.wit.imports import spin_mqtt_mqtt_3_0_0 as mqtt
from spin_sdk.wit.imports import spin_redis_redis_3_0_0 as redis

from cases import header, same


async def outbound_redis(request) -> None:
    db = await redis.Connection.open(header(request, "redis-address"))
    await db.set("spin-example-get-set", b"Eureka!")
    same("the value", await db.get("spin-example-get-set"), b"Eureka!")
    await db.set("spin-example-incr", b"0")
    same("the counter", await db.incr("spin-example-incr"), 1)
    same("the keys deleted", await db.del_(["spin-example-get-set", "spin-example-incr"]), 2)
    key = redis.RedisParameter_Binary(b"spin-example")
    await db.execute("set", [key, redis.RedisParameter_Binary(b"Eureka!")])
    await db.execute("append", [key, redis.RedisParameter_Binary(b" I've got it!")])
    found = await db.execute("get", [key])
    same("the value put together", found, [redis.RedisResult_Binary(b"Eureka! I've got it!")])


async def outbound_mqtt(request) -> None:
    user, password = header(request, "mqtt-username"), header(request, "mqtt-password")
    broker = await mqtt.Connection.open(header(request, "mqtt-address"), user, password, 30)
    await broker.publish("telemetry-topic", b"Eureka!", mqtt.Qos.AT_LEAST_ONCE)
